#include "train/measured.hpp"

#include <algorithm>

#include "metrics/registry.hpp"
#include "tasks/learnt_task.hpp"
#include "train/monitor.hpp"

namespace ridgeline::train {
namespace {

using metrics::Link;
using metrics::MetricSet;

std::string_view activation_of_output(const Network& network) {
  const auto output = static_cast<std::size_t>(network.outputs().front());
  return network.nodes()[output].layer.spec().activation();
}

Link link_of(const Network& network, const Loss& loss) {
  if (loss.head() == Head::output) return Link::none;
  const std::string_view activation = activation_of_output(network);
  return activation == "softmax"   ? Link::softmax
         : activation == "sigmoid" ? Link::sigmoid
                                   : Link::none;
}

void append(std::vector<std::string>& lines, const std::vector<std::string>& more) {
  lines.insert(lines.end(), more.begin(), more.end());
}

// A class has one score, whatever the average over the classes is.
std::string name_per_class(std::string name) {
  for (const std::string_view average : {"_macro", "_micro"}) {
    if (name.ends_with(average)) name.resize(name.size() - average.size());
  }
  return name;
}

bool has_name(const std::vector<Metrics::PerClass>& metrics, std::string_view name) {
  return std::ranges::find(metrics, name, &Metrics::PerClass::metric) != metrics.end();
}

}  // namespace

const Task& task_of(const Measuring& measuring) {
  const auto& [network, loss, data] = measuring;
  if (!data.has_targets()) return task_named("classify");
  return tasks::learnt_task(data.schema(), loss, activation_of_output(network));
}

MetricSet measured_in_training(const Measuring& measuring, const FitOptions& options) {
  const Task& task = task_of(measuring);
  const std::string_view target = task.target();
  std::vector<std::string> lines = task.training_metrics();
  append(lines, options.metrics);
  MetricSet set(lines, target);
  const std::string metric = monitored_metric(options.monitor);
  const auto known = metrics::known_names();
  if (set.has(metric) || std::ranges::find(known, metric) == known.end()) return set;
  lines.push_back(metric);
  return {lines, target};
}

MetricSet measured_in_evaluation(const Measuring& measuring, const EvaluateOptions& options) {
  const Task& task = task_of(measuring);
  std::vector<std::string> lines = task.evaluation_metrics();
  append(lines, options.metrics);
  return {lines, task.target()};
}

FitOptions also_measuring(std::string_view metric, FitOptions options, const Measuring& measuring) {
  const auto known = metrics::known_names();
  if (std::ranges::find(known, metric) != known.end() &&
      !measured_in_training(measuring, options).has(metric)) {
    options.metrics.emplace_back(metric);
  }
  return options;
}

void add(MetricSet& set, const ModelCore& core, const Tensors& outputs, const Targets& targets) {
  if (set.empty()) return;
  set.add(outputs, targets, link_of(core.network(), core.loss()));
}

void add_details(const MetricSet& set, Metrics& metrics) {
  for (const MetricPtr& metric : set.metrics()) {
    MetricDetails details = metric->details();
    std::string name = name_per_class(metric->name());
    if (!details.per_class.empty() && !has_name(metrics.per_class, name)) {
      metrics.per_class.push_back({std::move(name), std::move(details.per_class)});
    }
    if (metrics.confusion.empty()) metrics.confusion = std::move(details.confusion);
  }
}

}  // namespace ridgeline::train
