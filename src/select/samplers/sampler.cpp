#include "select/samplers/sampler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "ridgeline/error.hpp"
#include "ridgeline/penalty_term.hpp"
#include "select/named.hpp"

namespace ridgeline::selection {
namespace {

// Whether the key is an option of an application's penalty, and not a strength.
bool is_own_option(std::string_view key) {
  const std::vector<Kind> kinds = penalty_kinds();
  return std::ranges::any_of(kinds, [&](const Kind& kind) {
    return std::ranges::any_of(kind.options, [&](const Option& option) {
      return key == fmt::format("regularize.{}_{}", kind.name, option.name);
    });
  });
}

constexpr Named<Sampler, 3> samplers{
    {{"grid", sample_grid}, {"random", sample_random}, {"sobol", sample_sobol}}};

}  // namespace

std::string sampler_name(const SelectOptions& options) {
  if (options.sampler != "auto") return options.sampler;
  return options.over.size() == 1 ? "grid" : "sobol";
}

Sampler sampler_of(const SelectOptions& options) {
  return find_named(samplers, "select.sampler", sampler_name(options));
}

void check(const std::string& key, const Range& range) {
  for (const double value : range.values) {
    if (std::isfinite(value)) continue;
    throw UsageError(fmt::format("select.over '{}' lists {}: values must be finite", key, value));
  }
  if (!range.values.empty()) return;
  if (!std::isfinite(range.min) || !std::isfinite(range.max) || range.min > range.max) {
    throw UsageError(fmt::format("select.over '{}' needs finite min <= max, not {} and {}", key,
                                 range.min, range.max));
  }
  if (range.log && range.min <= 0) {
    throw UsageError(
        fmt::format("select.over '{}' has a log scale, which needs min above 0, not {}{}", key,
                    range.min, takes_zero(key) ? "; 0 itself is always among the candidates" : ""));
  }
}

bool takes_zero(std::string_view key) {
  // A warm-up of 0 means an automatic one.
  return key.starts_with("regularize.") && key != "regularize.cpr_warmup" && !is_own_option(key);
}

double with_digits(double value, int digits) {
  const std::string text = fmt::format("{:.{}g}", value, digits);
  double rounded = value;
  std::from_chars(text.data(), text.data() + text.size(), rounded);  // the same in every locale
  return rounded;
}

double value_at(const Range& range, double position) {
  const double value = range.log ? range.min * std::pow(range.max / range.min, position)
                                 : range.min + (range.max - range.min) * position;
  if (position == 0) return range.min;
  if (position == 1) return range.max;
  const double step = 1e-4 * std::abs(value);  // more than four digits can be off by
  if (range.max - range.min < 1e3 * step) return value;
  return with_digits(value, 4);
}

}  // namespace ridgeline::selection
