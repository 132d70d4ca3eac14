#pragma once
// Records made by hand.

#include "diagnose/support.hpp"
#include "diagnose/verdicts.hpp"

namespace ridgeline::test {

// A network with its layout and epochs that a test fills in.
struct Made {
  explicit Made(Network n = healthy_network(), Shape input = {1, image_side, image_side})
      : network(std::move(n)), layout(infer(network, input)) {}

  Epoch& add(double train_loss, double validation_loss, double error = 0) {
    Epoch& epoch = epochs.emplace_back();
    epoch.epoch = static_cast<int>(epochs.size());
    epoch.train.data_loss = epoch.train.objective = train_loss;
    epoch.validation = Metrics{.data_loss = validation_loss, .data_loss_error = error};
    epoch.statistics.steps = 100;
    epoch.statistics.parameters.assign(
        layout.parameters.size(), {.gradient_norm = 1, .weight_norm = 1, .update_ratio = 0.01});
    epoch.statistics.activations.assign(network.nodes().size(), {.rms = 1, .mean_absolute = 1});
    return epoch;
  }
  diagnose::Record record() const {
    return {.network = network,
            .layout = layout,
            .loss = "cross-entropy",
            .epochs = epochs,
            .regularize = regularize};
  }

  Network network;
  Layout layout;
  std::vector<Epoch> epochs;
  Regularize regularize = l2(1e-4);
};

}  // namespace ridgeline::test
