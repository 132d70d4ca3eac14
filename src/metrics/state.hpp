#pragma once
// Reads the state of a metric from a checkpoint.

#include <fmt/format.h>

#include <cmath>
#include <span>
#include <string_view>

#include "ridgeline/error.hpp"

namespace ridgeline::metrics {

/// Returns the numbers of a state one after another. Throws DataError if they do not fit.
class StateReader {
 public:
  StateReader(std::span<const double> state, std::string_view metric)
      : left_(state), metric_(metric) {}

  double number() {
    if (left_.empty()) corrupt();
    const double value = left_.front();
    left_ = left_.subspan(1);
    return value;
  }
  /// A whole number of at least 0.
  std::size_t count() {
    const double value = number();
    if (!(value >= 0 && value < 9e15 && value == std::floor(value))) corrupt();
    return static_cast<std::size_t>(value);
  }
  /// `count` rows of `width` numbers.
  std::span<const double> numbers(std::size_t count, std::size_t width = 1) {
    if (width != 0 && count > left_.size() / width) corrupt();
    const auto taken = left_.first(count * width);
    left_ = left_.subspan(taken.size());
    return taken;
  }
  /// Throws unless all numbers were read.
  void end() const {
    if (!left_.empty()) corrupt();
  }
  [[noreturn]] void corrupt() const {
    throw DataError(fmt::format("the saved state of the metric {} is corrupt", metric_));
  }

 private:
  std::span<const double> left_;
  std::string_view metric_;
};

}  // namespace ridgeline::metrics
