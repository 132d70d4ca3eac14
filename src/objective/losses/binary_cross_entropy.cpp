// (1 / k) sum_j [ max(z_j, 0) - z_j t_j + log(1 + exp(-|z_j|)) ] of the logits z: stable for any z.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "objective/losses/losses.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline {
namespace {

class BinaryCrossEntropyLoss final : public Loss {
 public:
  std::string_view kind() const override { return "binary-cross-entropy"; }
  Attributes attributes() const override { return {}; }
  Head head() const override { return Head::logits; }

  void check(std::string_view activation, const Shape&) const override {
    if (activation == "sigmoid") return;
    throw UsageError(fmt::format(
        "binary-cross-entropy needs a network that ends in a sigmoid, and this one ends in '{}': "
        "give the last layer activation = \"sigmoid\"{}",
        activation, activation == "softmax" ? ", or use loss.kind = \"cross-entropy\"" : ""));
  }
  void check(const Targets& targets, std::int64_t images, std::int64_t outputs) const override {
    objective::check_targets(targets, images, outputs);
    objective::check_probabilities(targets, kind());
  }

  double evaluate(std::span<const float> values, std::int64_t images, const Targets& targets,
                  double scale, std::span<float> gradient) const override {
    const std::size_t k = values.size() / static_cast<std::size_t>(images);
    const double share = 1.0 / static_cast<double>(k);
    double total = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double z = values[i], t = objective::target_value(targets, i, k);
      total += share * (std::max(z, 0.0) - z * t + std::log1p(std::exp(-std::abs(z))));
      if (!gradient.empty()) {
        gradient[i] = static_cast<float>(scale * share * (1 / (1 + std::exp(-z)) - t));
      }
    }
    return total;
  }
};

}  // namespace

LossPtr binary_cross_entropy() {
  return std::make_shared<BinaryCrossEntropyLoss>();
}

objective::LossKind objective::binary_cross_entropy_kind() {
  return {{.name = "binary-cross-entropy",
           .meaning = "after a sigmoid, the mean over images and outputs"},
          [](const Attributes&) { return binary_cross_entropy(); }};
}

}  // namespace ridgeline
