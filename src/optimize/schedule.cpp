#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "optimize/schedule_fields.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/optimizer.hpp"

namespace ridgeline {
namespace {

struct ScheduleKind {
  std::string_view name;
  std::vector<std::string_view> fields;
};

const std::vector<ScheduleKind>& kinds() {
  static const std::vector<ScheduleKind> all{
      {"constant", {"warmup"}},        {"step", {"factor", "every", "warmup"}},
      {"cosine", {"to", "warmup"}},    {"linear", {"to", "warmup"}},
      {"one-cycle", {"to", "warmup"}}, {"proportional", {"warmup"}}};
  return all;
}

// A one-cycle schedule rises from this share of its peak, over this share of the epochs.
constexpr double one_cycle_start = 1.0 / 25;
constexpr double one_cycle_rise = 0.3;

double cosine(double from, double to, double done) {
  return to + (from - to) * (1 + std::cos(std::numbers::pi * done)) / 2;
}

}  // namespace

const std::vector<std::string_view>& optimize::schedule_fields(std::string_view kind) {
  static const std::vector<std::string_view> none;
  const auto found = std::ranges::find(kinds(), kind, &ScheduleKind::name);
  return found == kinds().end() ? none : found->fields;
}

std::vector<std::string_view> optimize::kinds_with(std::string_view field) {
  std::vector<std::string_view> with;
  for (const ScheduleKind& kind : kinds()) {
    if (std::ranges::find(kind.fields, field) != kind.fields.end()) with.push_back(kind.name);
  }
  return with;
}

double Schedule::at(double epoch, double epochs) const {
  const bool one_cycle = kind == "one-cycle";
  const double rise = one_cycle && warmup == 0 ? one_cycle_rise * epochs : warmup;
  if (epoch < rise) {
    const double start = one_cycle ? one_cycle_start * value : 0;
    return start + (value - start) * epoch / rise;
  }
  const double done = epochs > rise ? std::min(1.0, (epoch - rise) / (epochs - rise)) : 1.0;
  if (kind == "step") return value * std::pow(factor, std::floor((epoch - rise) / every));
  if (kind == "linear") return value + (to - value) * done;
  if (kind == "cosine" || one_cycle) return cosine(value, to, done);
  return value;
}

void Schedule::check(std::string_view key) const {
  if (std::ranges::find(kinds(), kind, &ScheduleKind::name) == kinds().end()) {
    std::vector<std::string_view> known;
    for (const ScheduleKind& each : kinds()) known.push_back(each.name);
    const std::string near = nearest(kind, known);
    throw UsageError(fmt::format("{} has no schedule '{}': {}", key, kind,
                                 near.empty() ? fmt::format("known are {}", fmt::join(known, ", "))
                                              : fmt::format("did you mean '{}'?", near)));
  }
  const auto require = [&](bool good, std::string_view what, double number) {
    if (!good) throw UsageError(fmt::format("{}{}, not {}", key, what, number));
  };
  require(value >= 0 && std::isfinite(value), " must be a number that is not negative", value);
  require(to >= 0 && std::isfinite(to), ".to must be a number that is not negative", to);
  require(factor >= 0 && std::isfinite(factor), ".factor must be a number that is not negative",
          factor);
  require(every > 0 && std::isfinite(every), ".every must be above 0", every);
  require(warmup >= 0 && std::isfinite(warmup), ".warmup must be a number that is not negative",
          warmup);
}

}  // namespace ridgeline
