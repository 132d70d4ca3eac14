// (1 / k) sum_j (v_j - t_j)^2 of the network's k outputs v, as they are after the last activation.

#include "objective/losses/losses.hpp"

namespace ridgeline {
namespace {

class MeanSquaredErrorLoss final : public Loss {
 public:
  std::string_view kind() const override { return "mse"; }
  Attributes attributes() const override { return {}; }
  Head head() const override { return Head::output; }
  void check(std::string_view, const Shape&) const override {}
  void check(const Targets& targets, std::int64_t images, std::int64_t outputs) const override {
    objective::check_targets(targets, images, outputs);
  }

  double evaluate(std::span<const float> values, std::int64_t images, const Targets& targets,
                  double scale, std::span<float> gradient) const override {
    const std::size_t k = values.size() / static_cast<std::size_t>(images);
    const double share = 1.0 / static_cast<double>(k);
    double total = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double error = values[i] - objective::target_value(targets, i, k);
      total += share * error * error;
      if (!gradient.empty()) gradient[i] = static_cast<float>(scale * share * 2 * error);
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
