#include "train/monitor.hpp"

#include "options/check.hpp"

namespace ridgeline::train {

std::string monitored_metric(std::string_view monitor) {
  require(monitor.starts_with("val_") || monitor.starts_with("train_"),
          "train.monitor begins with val_ or train_, as in val_data_loss, not '{}'", monitor);
  return std::string(monitor.substr(monitor.find('_') + 1));
}

bool is_loss(std::string_view metric) {
  return metric == "data_loss" || metric == "penalty" || metric == "objective";
}

Monitor::Monitor(std::string_view name, const std::vector<MetricValue>& measured)
    : validation_(name.starts_with("val_")), metric_(monitored_metric(name)) {
  require(metric_ != "penalty",
          "train.monitor = {} measures how large the weights are, not how good the "
          "predictions: use val_data_loss or val_accuracy",
          name);
  const Metrics metrics{.values = measured};
  metrics.value(metric_);
  if (const MetricValue* metric = metrics.find(metric_)) {
    higher_is_better_ = metric->higher_is_better;
  }
}

double Monitor::value(const Epoch& epoch) const {
  return (validation_ ? epoch.validation.value() : epoch.train).value(metric_);
}

bool Monitor::better(const Epoch& epoch, const Epoch& than) const {
  return higher_is_better_ ? value(epoch) > value(than) : value(epoch) < value(than);
}

}  // namespace ridgeline::train
