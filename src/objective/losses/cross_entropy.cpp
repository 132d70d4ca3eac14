// Softmax cross-entropy from the logits z. With target probabilities t (one-hot or soft), class
// weights w and smoothing s over k classes:
//   q_c = (1 - s) t_c + s / k,   loss = -sum_c w_c q_c log softmax(z)_c
//   d loss / d z_j = softmax(z)_j * sum_c w_c q_c - w_j q_j
// The batch's loss is divided by the sum over images of sum_c w_c t_c, smoothing left out: for
// class indices that is PyTorch's convention. (With soft targets and class weights PyTorch divides
// by the number of images; here indices and their one-hot form always give the same loss.)

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "objective/losses/losses.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline {
namespace {

class CrossEntropyLoss final : public objective::PerImageLoss {
 public:
  explicit CrossEntropyLoss(CrossEntropy options) : options_(std::move(options)) {
    const double s = options_.label_smoothing;
    if (!(s >= 0 && s < 1)) {
      throw UsageError(fmt::format("loss.label_smoothing must be in [0, 1), not {}", s));
    }
    const auto& weights = options_.class_weights;
    for (const double w : weights) {
      if (!(w >= 0 && std::isfinite(w))) {
        throw UsageError(fmt::format(
            "loss.class_weights must be numbers that are not negative, but one is {}", w));
      }
    }
    if (!weights.empty() && std::ranges::all_of(weights, [](double w) { return w == 0; })) {
      throw UsageError("loss.class_weights are all 0, which leaves nothing to learn");
    }
  }

  std::string_view kind() const override { return "cross-entropy"; }
  Attributes attributes() const override {
    return {{"label_smoothing", options_.label_smoothing},
            {"class_weights", options_.class_weights}};
  }
  Head head() const override { return Head::logits; }
  LossPtr for_evaluation() const override {
    if (options_.label_smoothing == 0) return nullptr;
    return cross_entropy({.label_smoothing = 0, .class_weights = options_.class_weights});
  }

  void check(std::span<const OutputSpec> outputs) const override {
    const Shape& shape = outputs[0].shape;
    const std::string& activation = outputs[0].activation;
    if (activation != "softmax") {
      throw UsageError(fmt::format(
          "cross-entropy needs a network that ends in a softmax, and this one ends in '{}': give "
          "the last layer activation = \"softmax\"{}",
          activation,
          activation == "sigmoid" ? ", or use loss.kind = \"binary-cross-entropy\"" : ""));
    }
    const std::int64_t classes = shape.elements();
    if (shape.rank() == 0 || shape[0] != classes) {
      throw UsageError(fmt::format(
          "cross-entropy takes one number per class and image, and this network gives {}: end it "
          "in global_average_pool2d or flatten, then dense with activation = \"softmax\"",
          shape.text()));
    }
    if (classes < 2) {
      throw UsageError(
          "cross-entropy needs at least 2 outputs, and this network has 1, whose softmax is always "
          "1: give it activation = \"sigmoid\" and use loss.kind = \"binary-cross-entropy\"");
    }
    const auto weights = static_cast<std::int64_t>(options_.class_weights.size());
    if (weights != 0 && weights != classes) {
      throw UsageError(fmt::format("loss.class_weights has {} numbers, but there are {} classes",
                                   weights, classes));
    }
  }
  void check_targets(const Targets& targets, std::span<const OutputSpec> outputs,
                     std::int64_t first_image) const override {
    PerImageLoss::check_targets(targets, outputs, first_image);
    objective::check_probabilities(targets, kind(), first_image);
  }

  double weight(const Targets& targets) const override {
    if (options_.class_weights.empty()) return Loss::weight(targets);
    const std::size_t classes = options_.class_weights.size();
    const objective::TargetRows rows(targets, classes);
    double sum = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(rows.images()); ++i) {
      const objective::TargetRow row = rows.row(i);
      double of_image = 0;
      for (std::size_t c = 0; c < classes; ++c) of_image += row[c] * class_weight(c);
      sum += rows.weight(i) * of_image;
    }
    return sum;
  }

 private:
  double class_weight(std::size_t c) const {
    return options_.class_weights.empty() ? 1 : options_.class_weights[c];
  }

  // w_c q_c
  double coefficient(const objective::TargetRow& target, std::size_t c, std::size_t classes) const {
    const double s = options_.label_smoothing;
    return class_weight(c) * ((1 - s) * target[c] + s / static_cast<double>(classes));
  }

  double of_image(std::span<const float> z, const objective::TargetRow& target, double scale,
                  std::span<float> gradient) const override {
    const double highest = *std::max_element(z.begin(), z.end());
    double sum = 0, total = 0, loss = 0;
    for (const float v : z) sum += std::exp(v - highest);
    const double normaliser = highest + std::log(sum);
    for (std::size_t c = 0; c < z.size(); ++c) {
      const double a = coefficient(target, c, z.size());
      total += a;
      if (a != 0) loss += a * (normaliser - z[c]);
    }
    for (std::size_t c = 0; c < gradient.size(); ++c) {
      gradient[c] = static_cast<float>(
          scale * (total * std::exp(z[c] - normaliser) - coefficient(target, c, z.size())));
    }
    return loss;
  }

  CrossEntropy options_;
};

}  // namespace

LossPtr cross_entropy(const CrossEntropy& options) {
  return std::make_shared<CrossEntropyLoss>(options);
}

Option objective::class_weights_option() {
  return {
      .name = "class_weights",
      .meaning =
          "one weight per class, or \"balanced\": by the number of its images; empty: all equal",
      .value = std::vector<double>{},
      .word = "balanced"};
}

objective::LossKind objective::cross_entropy_kind() {
  return {{.name = "cross-entropy",
           .meaning = "after a softmax, computed from the logits",
           .options = {{"label_smoothing",
                        "how far training targets move towards the uniform distribution", 0.0,
                        limits::fraction},
                       class_weights_option()}},
          [](const Attributes& options) {
            return cross_entropy({options.real("label_smoothing"), options.reals("class_weights")});
          }};
}

}  // namespace ridgeline
