#include "metrics/registry.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>
#include <vector>

#include "options/kind_registry.hpp"
#include "ridgeline/metric.hpp"

// The table: each kind, the function that declares its options, and its meaning. make_KIND is in
// the metric's own file.
#define RIDGELINE_METRICS(METRIC)                                                               \
  METRIC(accuracy, no_options, "the share of images that are right")                            \
  METRIC(average_precision, no_options, "the mean precision over the recalls")                  \
  METRIC(balanced_accuracy, no_options, "the mean recall of the classes")                       \
  METRIC(brier, no_options, "the squared error of the probabilities")                           \
  METRIC(ece, ece_options, "how far probabilities are from how often they are right")           \
  METRIC(f1, hit_rate_options, "the harmonic mean of precision and recall")                     \
  METRIC(mae, no_options, "the mean absolute error")                                            \
  METRIC(matthews_corrcoef, no_options, "the correlation of truth and prediction")              \
  METRIC(precision, hit_rate_options, "of what is predicted, the share that is true")           \
  METRIC(r2, no_options, "the share of the targets' variance that is explained")                \
  METRIC(recall, hit_rate_options, "of what is true, the share that is predicted")              \
  METRIC(rmse, no_options, "the root of the mean squared error")                                \
  METRIC(roc_auc, no_options, "how often a positive image has a higher output than a negative") \
  METRIC(top_k, top_k_options, "the share of images whose class is among the k most probable")

namespace ridgeline {
namespace metrics {

#define DECLARE(KIND, OPTIONS, MEANING)             \
  MetricPtr make_##KIND(const Attributes& options); \
  std::vector<Option> OPTIONS();
RIDGELINE_METRICS(DECLARE)
#undef DECLARE

std::vector<Option> no_options() {
  return {};
}

}  // namespace metrics

namespace {

using Registry = KindRegistry<MetricFactory>;

Registry& registry() {
#define ENTRY(KIND, OPTIONS, MEANING) {{#KIND, MEANING, metrics::OPTIONS()}, metrics::make_##KIND},
  static Registry registry("a", "metric", {RIDGELINE_METRICS(ENTRY)});
#undef ENTRY
  return registry;
}

MetricPtr make(const Registry::Entry& found, const Attributes& options) {
  return found.make(found.kind.complete(options, found.kind.name + ": "));
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

// "3", or "k=3,...". A value without a name is for the first option.
Attributes parse_options(std::string_view line, std::string_view options, const Kind& kind) {
  Attributes attributes;
  while (!options.empty()) {
    const std::string_view option = options.substr(0, options.find(','));
    options.remove_prefix(std::min(option.size() + 1, options.size()));
    const std::size_t sign = option.find('=');
    const bool named = sign != std::string_view::npos;
    require(named || !kind.options.empty(),
            "the metric '{}' has a value for no option: name it, as in bins=20", line);
    const std::string name(named ? option.substr(0, sign) : kind.options.front().name);
    require(!attributes.find(name), "the metric '{}' sets {} twice", line, name);
    attributes.set(name, parse_value(named ? option.substr(sign + 1) : option));
  }
  return attributes;
}

// A metric of each kind, with default options.
std::vector<std::pair<Kind, MetricPtr>> usual_metrics() {
  std::vector<std::pair<Kind, MetricPtr>> metrics;
  for (const Kind& kind : registry().kinds()) {
    metrics.emplace_back(kind, registry().find(kind.name).make(kind.defaults()));
  }
  return metrics;
}

// The metric with this name, with default options; null if there is none.
MetricPtr by_name(std::string_view name) {
  for (auto& [kind, metric] : usual_metrics()) {
    if (metric->name() == name) return std::move(metric);
  }
  return nullptr;
}

}  // namespace

MetricPtr make_metric(std::string_view kind, const Attributes& options) {
  return make(registry().find(kind), options);
}

MetricPtr make_metric(std::string_view line) {
  if (auto found = by_name(line)) return found;
  const std::string_view kind = line.substr(0, line.find(':'));
  const Registry::Entry found = registry().find(kind);
  if (kind.size() == line.size()) return make(found, {});
  const std::string_view options = line.substr(kind.size() + 1);
  require(!options.empty(), "the metric '{}' ends in a colon: give an option, or leave it out",
          line);
  return make(found, parse_options(line, options, found.kind));
}

void register_metric(Kind kind, MetricFactory factory) {
  require(!kind.name.empty() && kind.name.find_first_not_of(
                                    "abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos,
          "a metric's kind may only have small letters, digits and _, not '{}'", kind.name);
  registry().add(std::move(kind), std::move(factory));
}

std::vector<Kind> metric_kinds() {
  return registry().kinds();
}

bool metrics::could_be_named(std::string_view name) {
  const auto without_digits = [](std::string_view text) {
    std::string letters;
    std::ranges::copy_if(text, std::back_inserter(letters),
                         [](char c) { return c < '0' || c > '9'; });
    return letters;
  };
  return std::ranges::any_of(usual_metrics(), [&](const auto& usual) {
    const auto& [kind, metric] = usual;
    return name.starts_with(kind.name + "_") ||
           without_digits(name) == without_digits(metric->name());
  });
}

bool metrics::higher_is_better(std::string_view name) {
  const MetricPtr metric = by_name(name);
  return !metric || metric->higher_is_better();
}

std::string metrics::usual_name(std::string_view kind) {
  for (const auto& [known, metric] : usual_metrics()) {
    if (known.name == kind) return metric->name();
  }
  return {};
}

std::vector<std::string> metrics::known_names() {
  std::vector<std::string> names;
  for (const auto& [kind, metric] : usual_metrics()) names.push_back(metric->name());
  return names;
}

}  // namespace ridgeline
