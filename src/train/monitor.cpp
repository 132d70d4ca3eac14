#include "train/monitor.hpp"

#include "network/check.hpp"

namespace ridgeline::train {

Monitor::Monitor(std::string_view name)
    : validation_(name.starts_with("val_")), metric_(name.substr(name.find('_') + 1)) {
  network::require(validation_ || name.starts_with("train_"),
                   "train.monitor begins with val_ or train_, as in val_data_loss, not '{}'", name);
  Metrics().value(metric_);
  network::require(metric_ != "penalty",
                   "train.monitor = {} measures how large the weights are, not how good the "
                   "predictions: use val_data_loss or val_accuracy",
                   name);
}

double Monitor::value(const Epoch& epoch) const {
  return (validation_ ? epoch.validation.value() : epoch.train).value(metric_);
}

bool Monitor::better(const Epoch& epoch, const Epoch& than) const {
  const bool higher = metric_ == "accuracy" || metric_ == "top5";
  return higher ? value(epoch) > value(than) : value(epoch) < value(than);
}

}  // namespace ridgeline::train
