#include "ridgeline/loss.hpp"

#include <array>

#include "objective/losses/losses.hpp"

namespace ridgeline {

double Loss::weight(const Targets& targets) const {
  return objective::TargetRows(targets, 1).total_weight();
}

double Loss::evaluate(std::span<const float> values, const Targets& targets, double scale,
                      std::span<float> gradient) const {
  const auto images = std::max<std::int64_t>(targets.images(), 1);
  const auto width = static_cast<std::int64_t>(values.size()) / images;
  const Tensors outputs{TensorView("output", values, {width})};
  const std::array gradients{gradient};
  return evaluate(outputs, targets, scale,
                  gradient.empty() ? GradientSpans() : GradientSpans(gradients));
}

}  // namespace ridgeline
