#include <algorithm>
#include <array>

#include "options/check.hpp"
#include "ridgeline/history.hpp"

namespace ridgeline {
namespace {

constexpr std::array<std::string_view, 3> losses{"data_loss", "penalty", "objective"};

}  // namespace

const MetricValue* Metrics::find(std::string_view name) const {
  const auto found = std::ranges::find(values, name, &MetricValue::name);
  return found == values.end() ? nullptr : &*found;
}

double Metrics::value(std::string_view name) const {
  if (const MetricValue* metric = find(name)) return metric->value;
  const std::array numbers{data_loss, penalty, objective};
  const auto loss = std::ranges::find(losses, name);
  if (loss != losses.end()) return numbers[static_cast<std::size_t>(loss - losses.begin())];
  std::vector<std::string_view> known(losses.begin(), losses.end());
  for (const MetricValue& metric : values) known.push_back(metric.name);
  throw UsageError(
      fmt::format("the metric '{}' was not measured: {}", name, suggestion(name, known)));
}

double Metrics::standard_error(std::string_view name) const {
  if (const MetricValue* metric = find(name)) return metric->standard_error;
  value(name);
  // The penalty is the same for every image.
  return name == "penalty" ? 0 : data_loss_error;
}

}  // namespace ridgeline
