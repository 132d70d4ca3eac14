#pragma once
// The positions of an axis's values on the page, and its ticks.

#include "plot.hpp"

namespace study {

struct Tick {
  double at;  ///< on the page
  std::string text;
};

class Scale {
 public:
  /// Goes from `begin` to `end` on the page, and covers all `values`.
  Scale(const Axis& axis, const std::vector<double>& values, double begin, double end);

  double at(double value) const;
  std::vector<Tick> ticks() const;
  /// Whether a logarithmic axis has a separate 0, and where its part of the axis ends.
  bool has_zero() const { return zero_; }
  double zero_end() const { return at_share(zero_share / 2 + zero_share / 4); }

 private:
  static constexpr double zero_share = 0.16;  // share of the axis for a separate 0

  void add_powers(std::vector<Tick>& ticks) const;
  double place(double value) const;  // along the axis, not on the page
  double at_share(double share) const { return begin_ + share * (end_ - begin_); }

  const Axis& axis_;
  double begin_, end_, low_ = 0, high_ = 1;
  bool zero_ = false;
};

}  // namespace study
