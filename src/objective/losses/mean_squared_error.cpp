// (1 / k) sum_j (v_j - t_j)^2 of the network's k outputs v, after the last activation.

#include "objective/losses/losses.hpp"

namespace ridgeline {
namespace {

class MeanSquaredErrorLoss final : public objective::PerImageLoss {
 public:
  std::string_view kind() const override { return "mse"; }
  Attributes attributes() const override { return {}; }
  Head head() const override { return Head::output; }
  void check(std::span<const OutputSpec>) const override {}

  double of_image(std::span<const float> values, const objective::TargetRow& target, double scale,
                  std::span<float> gradient) const override {
    const double share = 1.0 / static_cast<double>(values.size());
    double total = 0;
    for (std::size_t j = 0; j < values.size(); ++j) {
      const double error = values[j] - target[j];
      total += share * error * error;
      if (!gradient.empty()) gradient[j] = static_cast<float>(scale * share * 2 * error);
    }
    return total;
  }
};

}  // namespace

LossPtr mean_squared_error() {
  return std::make_shared<MeanSquaredErrorLoss>();
}

objective::LossKind objective::mean_squared_error_kind() {
  return {{.name = "mse", .meaning = "the mean of squared differences over images and outputs"},
          [](const Attributes&) { return mean_squared_error(); }};
}

}  // namespace ridgeline
