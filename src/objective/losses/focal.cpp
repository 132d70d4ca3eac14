// Focal loss (Lin et al., "Focal Loss for Dense Object Detection", arXiv 1708.02002): images that
// are already right have less weight.
//   focal          -sum_c w_c t_c (1 - p_c)^gamma log p_c, of the softmax p of the logits
//   binary-focal   the mean over the outputs of
//                  -[a t (1 - p)^gamma log p + (1 - a) (1 - t) p^gamma log(1 - p)], of the sigmoid
//                  p

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "objective/losses/losses.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline {
namespace {

using objective::PerImageLoss;
using objective::TargetRow;

constexpr double usual_gamma = 2, usual_alpha = 0.25;

/// (1 - p)^gamma log p, and its derivative by log p, from log p and log(1 - p).
struct Focused {
  double value, slope;

  Focused(double gamma, double log_p, double log_rest) {
    const double rest = std::exp(gamma * log_rest);
    value = gamma == 0 ? log_p : rest * log_p;
    // d(1 - p)/d(log p) = -p, so the factor's part of the slope is -gamma p (1 - p)^(gamma - 1) log
    // p.
    const double factor =
        gamma == 0 || log_p == 0 ? 0 : gamma * std::exp(log_p + (gamma - 1) * log_rest) * log_p;
    slope = (gamma == 0 ? 1 : rest) - factor;
  }
};

class FocalLoss final : public PerImageLoss {
 public:
  FocalLoss(double gamma, std::vector<double> class_weights)
      : gamma_(gamma),
        class_weights_(std::move(class_weights)),
        plain_(cross_entropy({.label_smoothing = 0, .class_weights = class_weights_})) {}

  std::string_view kind() const override { return "focal"; }
  Attributes attributes() const override {
    return {{"gamma", gamma_}, {"class_weights", class_weights_}};
  }
  Head head() const override { return Head::logits; }
  double weight(const Targets& targets) const override { return plain_->weight(targets); }

  void check(std::span<const OutputSpec> outputs) const override {
    if (outputs[0].activation != "softmax") {
      throw UsageError(fmt::format(
          "focal needs a network that ends in a softmax, and this one ends in '{}': give the last "
          "layer activation = \"softmax\", or use loss.kind = \"binary-focal\" with a sigmoid",
          outputs[0].activation));
    }
    plain_->check(outputs);
  }
  void check_targets(const Targets& targets, std::span<const OutputSpec> outputs,
                     std::int64_t first_image) const override {
    PerImageLoss::check_targets(targets, outputs, first_image);
    objective::check_probabilities(targets, kind(), first_image);
  }

 private:
  double of_image(std::span<const float> z, const TargetRow& target, double scale,
                  std::span<float> gradient) const override {
    const double highest = *std::ranges::max_element(z);
    double sum = 0;
    for (const float v : z) sum += std::exp(v - highest);
    const double normaliser = highest + std::log(sum);
    double loss = 0, slopes = 0;
    const auto slope_of = [&](std::size_t c, double* value) {
      const double coefficient = target[c] * (class_weights_.empty() ? 1.0 : class_weights_[c]);
      if (coefficient == 0) return 0.0;
      double others = 0;  // 1 - p_c, without cancellation
      for (std::size_t j = 0; j < z.size(); ++j) {
        if (j != c) others += std::exp(z[j] - normaliser);
      }
      const Focused focused(gamma_, z[c] - normaliser, std::log(others));
      if (value) *value -= coefficient * focused.value;
      return coefficient * focused.slope;
    };
    for (std::size_t c = 0; c < z.size(); ++c) slopes += slope_of(c, &loss);
    // d log p_c / d z_j is 1 - p_j for j = c, else -p_j.
    for (std::size_t j = 0; j < gradient.size(); ++j) {
      gradient[j] =
          static_cast<float>(scale * (std::exp(z[j] - normaliser) * slopes - slope_of(j, nullptr)));
    }
    return loss;
  }

  double gamma_;
  std::vector<double> class_weights_;
  LossPtr plain_;
};

class BinaryFocalLoss final : public PerImageLoss {
 public:
  BinaryFocalLoss(double gamma, double alpha) : gamma_(gamma), alpha_(alpha) {}

  std::string_view kind() const override { return "binary-focal"; }
  Attributes attributes() const override { return {{"gamma", gamma_}, {"alpha", alpha_}}; }
  Head head() const override { return Head::logits; }
  void check(std::span<const OutputSpec> outputs) const override {
    if (outputs[0].activation == "sigmoid") return;
    throw UsageError(fmt::format(
        "binary-focal needs a network that ends in a sigmoid, and this one ends in '{}': give the "
        "last layer activation = \"sigmoid\"{}",
        outputs[0].activation,
        outputs[0].activation == "softmax" ? ", or use loss.kind = \"focal\"" : ""));
  }
  void check_targets(const Targets& targets, std::span<const OutputSpec> outputs,
                     std::int64_t first_image) const override {
    PerImageLoss::check_targets(targets, outputs, first_image);
    objective::check_probabilities(targets, kind(), first_image);
  }

 private:
  double of_image(std::span<const float> values, const TargetRow& target, double scale,
                  std::span<float> gradient) const override {
    const double share = 1.0 / static_cast<double>(values.size());
    double total = 0;
    for (std::size_t j = 0; j < values.size(); ++j) {
      const double z = values[j], t = target[j];
      const double log_p = -softplus(-z), log_rest = -softplus(z);
      const Focused yes(gamma_, log_p, log_rest), no(gamma_, log_rest, log_p);
      total -= share * (alpha_ * t * yes.value + (1 - alpha_) * (1 - t) * no.value);
      if (gradient.empty()) continue;
      // d log p / dz = 1 - p, d log(1 - p) / dz = -p.
      const double slope = alpha_ * t * yes.slope * std::exp(log_rest) -
                           (1 - alpha_) * (1 - t) * no.slope * std::exp(log_p);
      gradient[j] = static_cast<float>(-scale * share * slope);
    }
    return total;
  }
  static double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

  double gamma_, alpha_;
};

Option gamma_option() {
  return {"gamma", "how much less correct images count; 0: not less", usual_gamma,
          limits::not_negative};
}

}  // namespace

LossPtr focal(double gamma, std::vector<double> class_weights) {
  return std::make_shared<FocalLoss>(gamma, std::move(class_weights));
}
LossPtr binary_focal(double gamma, double alpha) {
  return std::make_shared<BinaryFocalLoss>(gamma, alpha);
}

objective::LossKind objective::focal_kind() {
  return {{.name = "focal",
           .meaning = "cross-entropy with less weight for correct images; after a softmax",
           .options = {gamma_option(), class_weights_option()}},
          [](const Attributes& options) {
            return focal(options.real("gamma"), options.reals("class_weights"));
          }};
}

objective::LossKind objective::binary_focal_kind() {
  return {{.name = "binary-focal",
           .meaning = "the same for each output of a sigmoid",
           .options = {gamma_option(),
                       {"alpha", "the weight of targets of 1; targets of 0 have 1 - alpha",
                        usual_alpha, Limits{.least = 0, .most = 1}}}},
          [](const Attributes& options) {
            return binary_focal(options.real("gamma"), options.real("alpha"));
          }};
}

}  // namespace ridgeline
