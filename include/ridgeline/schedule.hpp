#pragma once
// Schedules for the learning rate and for penalty strengths.

#include <string>
#include <string_view>

namespace ridgeline {

/// A number that changes during training. At epoch e (fractional) of n, with r = `warmup`:
///   while e < r     value * e / r                              (any kind but one-cycle)
///   constant        value
///   step            value * factor^floor((e - r) / every)
///   linear          value + (to - value) * d,                  d = min(1, (e - r) / (n - r))
///   cosine          to + (value - to) * (1 + cos(pi d)) / 2    (Loshchilov and Hutter, 1608.03983)
///   one-cycle       from value / 25 linearly up to value over r (0.3 n where `warmup` is 0), then
///                   as cosine                                  (Smith and Topin, arXiv 1708.07120)
///   proportional    value, times the learning rate over its first number: of strengths alone
struct Schedule {
  std::string kind = "constant";
  double value = 0;     ///< the value at the start, or after the warm-up
  double to = 0;        ///< the value at the end
  double factor = 0.1;  ///< for "step"
  double every = 1;     ///< epochs; for "step"
  double warmup = 0;    ///< epochs of linear rise, for any kind

  Schedule() = default;
  Schedule(double constant) : value(constant) {}  // NOLINT: a number is a constant schedule

  /// The value at `epoch` of `epochs`. `epoch` is the number of finished epochs and may be
  /// fractional.
  double at(double epoch, double epochs) const;
  /// Throws UsageError, with `key`, for an unknown kind, a field that is negative, NaN or infinite,
  /// or `every` = 0.
  void check(std::string_view key) const;
  bool is_constant() const { return kind == "constant" && warmup == 0; }
  friend bool operator==(const Schedule&, const Schedule&) = default;
};

}  // namespace ridgeline
