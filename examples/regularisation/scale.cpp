#include "scale.hpp"

#include <algorithm>
#include <cmath>

#include "text.hpp"

namespace study {
namespace {

// A step of 1, 2 or 5 times a power of ten, so that `range` has about `count` steps.
double step_of(double range, double count) {
  const double power = std::pow(10, std::floor(std::log10(range / count)));
  for (const double step : {1.0, 2.0, 5.0}) {
    if (range / (step * power) <= count) return step * power;
  }
  return 10 * power;
}

}  // namespace

Scale::Scale(const Axis& axis, const std::vector<double>& values, double begin, double end)
    : axis_(axis), begin_(begin), end_(end) {
  if (!axis.words.empty()) {
    // A vertical axis goes from the top of the page down.
    low_ = -0.6;
    high_ = static_cast<double>(axis.words.size()) - 0.4;
    if (begin > end) std::swap(begin_, end_);
    return;
  }
  double low = INFINITY, high = -INFINITY;
  for (const double value : values) {
    if (axis.logarithmic && value <= 0) {
      zero_ |= value == 0;
      continue;
    }
    low = std::min(low, place(value));
    high = std::max(high, place(value));
  }
  if (low > high) low = 0, high = 1;
  const double margin = high > low ? 0.05 * (high - low) : 0.5;
  low_ = std::isnan(axis.low) ? low - margin : place(axis.low);
  high_ = std::isnan(axis.high) ? high + margin : place(axis.high);
}

double Scale::place(double value) const {
  return axis_.logarithmic ? std::log10(value) : value;
}

double Scale::at(double value) const {
  const double first = zero_ ? zero_share : 0;
  if (axis_.logarithmic && value <= 0) return at_share(first / 2);
  const double share = std::clamp((place(value) - low_) / (high_ - low_), 0.0, 1.0);
  return at_share(first + share * (1 - first));
}

// Powers of ten, but not too many. If there are few, also 2 and 5 times each.
void Scale::add_powers(std::vector<Tick>& ticks) const {
  const double step = std::max(1.0, std::ceil((high_ - low_) / 8));
  for (double k = std::floor(low_ / step); k * step <= high_; ++k) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double value = factor * std::pow(10, k * step);
      if (factor > 1 && high_ - low_ > 2.2) break;
      if (place(value) < low_ - 1e-9 || place(value) > high_ + 1e-9) continue;
      ticks.push_back({at(value), one_digit_text(value)});
    }
  }
}

std::vector<Tick> Scale::ticks() const {
  std::vector<Tick> ticks;
  if (!axis_.words.empty()) {
    for (std::size_t w = 0; w < axis_.words.size(); ++w) {
      ticks.push_back({at(static_cast<double>(w)), axis_.words[w]});
    }
    return ticks;
  }
  if (zero_) ticks.push_back({at(0), "0"});
  if (axis_.logarithmic) {
    add_powers(ticks);
    return ticks;
  }
  const double step = step_of(high_ - low_, 6);
  for (double k = std::ceil(low_ / step - 1e-9); k * step <= high_ + 1e-9 * step; ++k) {
    ticks.push_back({at(k * step), short_text(k * step)});
  }
  return ticks;
}

}  // namespace study
