#pragma once
// The scale of a searched key, for models: a logarithmic key is measured in decades.

#include <functional>
#include <string>

#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

class Scale {
 public:
  /// `settle`: SelectionTask::settle, or empty.
  Scale(std::string key, const Range& range,
        std::function<double(const std::string& key, double value)> settle = {});

  /// Where a value is. 0 is at low() if it is among the candidates of a logarithmic key: the range
  /// begins where the value has no effect.
  double place(double value) const;
  /// The value at a place, with two significant digits; 0 at low() if that is a candidate.
  double value(double place) const;
  double low() const { return low_; }
  double high() const { return high_; }
  Assignment at(double place) const {
    return {{key_, settle_ ? settle_(key_, value(place)) : value(place)}};
  }
  double place(const Assignment& assignment) const { return place(assignment.at(key_)); }

 private:
  std::string key_;
  Range range_;
  std::function<double(const std::string&, double)> settle_;
  bool zero_;  // whether low() is 0
  double low_, high_;
};

}  // namespace ridgeline::selection
