#include "metrics/registry.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

#include "network/registry.hpp"
#include "ridgeline/metric.hpp"

// The table: each kind, and the option that a value after its colon sets. make_KIND, in a file of
// the metric's own, makes it.
#define RIDGELINE_METRICS(METRIC) \
  METRIC(accuracy, "")            \
  METRIC(average_precision, "")   \
  METRIC(balanced_accuracy, "")   \
  METRIC(brier, "")               \
  METRIC(ece, "bins")             \
  METRIC(f1, "average")           \
  METRIC(mae, "")                 \
  METRIC(matthews_corrcoef, "")   \
  METRIC(precision, "average")    \
  METRIC(r2, "")                  \
  METRIC(recall, "average")       \
  METRIC(rmse, "")                \
  METRIC(roc_auc, "")             \
  METRIC(top_k, "k")

namespace ridgeline {
namespace metrics {

#define DECLARE(KIND, ARGUMENT) MetricPtr make_##KIND(const Attributes& options);
RIDGELINE_METRICS(DECLARE)
#undef DECLARE

}  // namespace metrics

namespace {

struct Kind {
  MetricFactory make;
  std::string argument;
};

network::Registry<Kind>& registry() {
#define ENTRY(KIND, ARGUMENT) {#KIND, {metrics::make_##KIND, ARGUMENT}},
  static network::Registry<Kind> registry("a", "metric", {RIDGELINE_METRICS(ENTRY)});
#undef ENTRY
  return registry;
}

AttributeValue parse_value(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  std::int64_t whole = 0;
  const char* end = text.data() + text.size();
  if (std::from_chars(text.data(), end, whole).ptr == end && !text.empty()) return whole;
  double real = 0;
  if (std::from_chars(text.data(), end, real).ptr == end && !text.empty()) return real;
  return std::string(text);
}

// "3", or "k=3,...".
Attributes parse_options(std::string_view line, std::string_view options,
                         std::string_view argument) {
  Attributes attributes;
  while (!options.empty()) {
    const std::string_view option = options.substr(0, options.find(','));
    options.remove_prefix(std::min(option.size() + 1, options.size()));
    const std::size_t sign = option.find('=');
    const bool named = sign != std::string_view::npos;
    network::require(named || !argument.empty(),
                     "the metric '{}' has a value for no option: name it, as in bins=20", line);
    const std::string name(named ? option.substr(0, sign) : argument);
    network::require(!attributes.find(name), "the metric '{}' sets {} twice", line, name);
    attributes.set(name, parse_value(named ? option.substr(sign + 1) : option));
  }
  return attributes;
}

// The kind whose metric has this name with default options.
std::optional<MetricPtr> by_name(std::string_view name) {
  for (const std::string& kind : registry().kinds()) {
    MetricPtr metric = registry().find(kind).make({});
    if (metric->name() == name) return metric;
  }
  return std::nullopt;
}

}  // namespace

MetricPtr make_metric(std::string_view kind, const Attributes& options) {
  return registry().find(kind).make(options);
}

MetricPtr make_metric(std::string_view line) {
  if (auto found = by_name(line)) return std::move(*found);
  const std::string_view kind = line.substr(0, line.find(':'));
  const Kind found = registry().find(kind);
  if (kind.size() == line.size()) return found.make({});
  const std::string_view options = line.substr(kind.size() + 1);
  network::require(!options.empty(),
                   "the metric '{}' ends in a colon: give an option, or leave it out", line);
  return found.make(parse_options(line, options, found.argument));
}

void register_metric(std::string kind, MetricFactory factory, std::string argument) {
  network::require(!kind.empty() && kind.find_first_not_of("abcdefghijklmnopqrstuvwxyz"
                                                           "0123456789_") == std::string::npos,
                   "a metric's kind may only have small letters, digits and _, not '{}'", kind);
  registry().add(std::move(kind), {factory, std::move(argument)});
}

bool metrics::could_be_named(std::string_view name) {
  const auto without_digits = [](std::string_view text) {
    std::string letters;
    std::ranges::copy_if(text, std::back_inserter(letters),
                         [](char c) { return c < '0' || c > '9'; });
    return letters;
  };
  return std::ranges::any_of(registry().kinds(), [&](const std::string& kind) {
    const std::string usual = registry().find(kind).make({})->name();
    return name.starts_with(kind + "_") || without_digits(name) == without_digits(usual);
  });
}

bool metrics::higher_is_better(std::string_view name) {
  const auto metric = by_name(name);
  return !metric || (*metric)->higher_is_better();
}

std::vector<std::string> metrics::known_names() {
  std::vector<std::string> names;
  for (const std::string& kind : registry().kinds()) {
    names.push_back(registry().find(kind).make({})->name());
  }
  return names;
}

}  // namespace ridgeline
