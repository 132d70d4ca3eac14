#include "ridgeline/loss.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace ridgeline {

double Loss::weight(const Targets& targets) const {
  const TensorView* weights = targets.find(weight_tensor);
  if (weights == nullptr || weights->ragged()) return static_cast<double>(targets.images());
  const auto values = weights->values<float>();
  return std::accumulate(values.begin(), values.end(), 0.0);
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
