#include "select/automatic_range.hpp"

#include <fmt/format.h>

#include <cmath>

#include "ridgeline/error.hpp"
#include "select/part.hpp"
#include "select/samplers/sampler.hpp"

namespace ridgeline::selection {
namespace {

constexpr double least = 1e-3, most = 100;                    // time-scales of a training
constexpr double adaptive_least = 1e-6, adaptive_most = 0.1;  // coupled l2

bool is_plain(const std::string& optimizer) {
  return optimizer == "gd" || optimizer == "sgd";
}

}  // namespace

void check_automatic(const std::string& key, const Range& range) {
  if (!range.automatic) return;
  const std::string_view penalty = penalty_of(key);
  if (penalty != "regularize.l2" && penalty != "regularize.decay") {
    throw UsageError(
        fmt::format("select.over '{}' has no automatic range: give it one, such as {{ min = 1e-6, "
                    "max = 1e-1 }}",
                    key));
  }
  if (!range.unit.empty() && range.unit != "timescale") {
    throw UsageError(
        fmt::format("select.over '{}' has no automatic range in the unit {}: leave the unit out",
                    key, range.unit));
  }
}

Range automatic_range(const std::string& key, const Range& range, const RangeFacts& facts) {
  check_automatic(key, range);
  if (!range.automatic) return range;
  Range found = range;
  if (range.unit == "timescale") {
    found.min = least;
    found.max = most;
    return found;
  }
  if (penalty_of(key) == "regularize.l2" && !is_plain(facts.optimizer)) {
    found.min = adaptive_least;
    found.max = adaptive_most;
    return found;
  }
  // Momentum makes each step 1 / (1 - momentum) times as large in the long run.
  const double one = strength_of("timescale", 1, facts.size) *
                     (is_plain(facts.optimizer) ? 1 - facts.momentum : 1);
  found.min = with_digits(least * one, 1);
  found.max = with_digits(most * one, 1);
  return found;
}

}  // namespace ridgeline::selection
