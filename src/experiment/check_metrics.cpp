#include "experiment/check_metrics.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "experiment/build.hpp"
#include "experiment/value.hpp"
#include "metrics/registry.hpp"
#include "options/check.hpp"
#include "ridgeline/error.hpp"
#include "train/measured.hpp"
#include "train/monitor.hpp"

namespace ridgeline::experiment {

void check_metrics(const Experiment& experiment, const Dataset& train, const std::string& name,
                   const std::string& metric) {
  const Network network = build_network(experiment, train.schema());
  const LossPtr loss = build_loss(experiment);
  const auto measured = located("train.metrics: ", [&] {
    return train::measured_in_training({network, *loss, train},
                                       {.metrics = experiment.train.metrics});
  });
  const std::string wanted = train::monitored_metric(metric);
  if (train::is_loss(wanted) || measured.has(wanted)) return;
  const std::string prefix = metric.substr(0, metric.size() - wanted.size());
  std::vector<std::string> known{prefix + "data_loss", prefix + "objective"};
  for (const MetricPtr& one : measured.metrics()) known.push_back(prefix + one->name());
  // Metrics with default options can be measured on request.
  for (const std::string& other : metrics::known_names()) {
    const auto targets = make_metric(other)->measures();
    if (std::ranges::find(targets, measured.target()) == targets.end()) continue;
    if (other == wanted) return;
    if (!measured.has(other)) known.push_back(prefix + other);
  }
  const std::vector<std::string_view> names(known.begin(), known.end());
  throw UsageError(fmt::format("{} = \"{}\" is not measured on these images, whose task is {}: {}",
                               name, metric, train.schema().task, suggestion(metric, names)));
}

}  // namespace ridgeline::experiment
