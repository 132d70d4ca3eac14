#include "select/methods/scale.hpp"

#include <algorithm>
#include <cmath>

#include "select/samplers/sampler.hpp"

namespace ridgeline::selection {
namespace {

// A linear range has the width of as many decades.
constexpr double linear_width = 4;

}  // namespace

Scale::Scale(std::string key, const Range& range,
             std::function<double(const std::string& key, double value)> settle)
    : key_(std::move(key)), range_(range), settle_(std::move(settle)) {
  zero_ = range.log && takes_zero(key_);
  low_ = range.log ? std::log10(range.min) : 0;
  high_ = range.log ? std::log10(range.max) : linear_width;
}

double Scale::place(double value) const {
  if (!range_.log) return (value - range_.min) / (range_.max - range_.min) * linear_width;
  return value > 0 ? std::max(std::log10(value), low_) : low_;
}

double Scale::value(double place) const {
  if (zero_ && place <= low_) return 0;
  const double value = range_.log ? std::pow(10, place)
                                  : range_.min + (range_.max - range_.min) * place / linear_width;
  return std::clamp(with_digits(value, 2), range_.min, range_.max);
}

}  // namespace ridgeline::selection
