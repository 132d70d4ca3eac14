// (1 / k) sum_j [ max(z_j, 0) - z_j t_j + log(1 + exp(-|z_j|)) ] of the logits z: stable for any z.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "objective/losses/losses.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline {
namespace {

class BinaryCrossEntropyLoss final : public objective::PerImageLoss {
 public:
  std::string_view kind() const override { return "binary-cross-entropy"; }
  Attributes attributes() const override { return {}; }
  Head head() const override { return Head::logits; }

  void check(std::span<const OutputSpec> outputs) const override {
    const std::string& activation = outputs[0].activation;
    if (activation == "sigmoid") return;
    throw UsageError(fmt::format(
        "binary-cross-entropy needs a network that ends in a sigmoid, and this one ends in '{}': "
        "give the last layer activation = \"sigmoid\"{}",
        activation, activation == "softmax" ? ", or use loss.kind = \"cross-entropy\"" : ""));
  }
  void check_targets(const Targets& targets, std::span<const OutputSpec> outputs,
                     std::int64_t first_image) const override {
    PerImageLoss::check_targets(targets, outputs, first_image);
    objective::check_probabilities(targets, kind(), first_image);
  }

  double of_image(std::span<const float> values, const objective::TargetRow& target, double scale,
                  std::span<float> gradient) const override {
    const double share = 1.0 / static_cast<double>(values.size());
    double total = 0;
    for (std::size_t j = 0; j < values.size(); ++j) {
      const double z = values[j], t = target[j];
      total += share * (std::max(z, 0.0) - z * t + std::log1p(std::exp(-std::abs(z))));
      if (!gradient.empty()) {
        gradient[j] = static_cast<float>(scale * share * (1 / (1 + std::exp(-z)) - t));
      }
    }
    return total;
  }
};

}  // namespace

LossPtr binary_cross_entropy() {
  return std::make_shared<BinaryCrossEntropyLoss>();
}

LossPtr objective::make_binary_cross_entropy(const Attributes& attributes) {
  attributes.expect_only("binary-cross-entropy", {});
  return binary_cross_entropy();
}

}  // namespace ridgeline
