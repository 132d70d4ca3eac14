#include "select/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ridgeline/error.hpp"
#include "select/named.hpp"
#include "select/samplers/sampler.hpp"

namespace ridgeline::selection {
namespace {

using Convert = double (*)(double value, const TrainingSize& size);

constexpr Named<Convert, 2> units{{
    {"normalized",
     [](double value, const TrainingSize& s) {
       return value * std::sqrt(s.batch / (s.images * s.epochs));
     }},
    {"timescale",
     [](double value, const TrainingSize& s) {
       return value / (s.learning_rate * s.epochs * std::ceil(s.images / s.batch));
     }},
}};

}  // namespace

void check_unit(const std::string& key, const Range& range) {
  if (range.unit.empty()) return;
  find_named(units, fmt::format("unit of select.over '{}'", key), range.unit);
  if (!takes_zero(key)) {
    throw UsageError(fmt::format(
        "select.over '{}' has a unit, and only strengths of penalties have one: leave it out",
        key));
  }
}

double strength_of(const std::string& unit, double value, const TrainingSize& size) {
  return unit.empty() ? value : find_named(units, "unit", unit)(value, size);
}

bool has_units(const SearchSpace& over) {
  return std::ranges::any_of(over, [](const auto& key) { return !key.second.unit.empty(); });
}

Assignment without_units(Assignment values, const SearchSpace& over, const TrainingSize& size) {
  for (auto& [key, value] : values) value = strength_of(over.at(key).unit, value, size);
  return values;
}

}  // namespace ridgeline::selection
