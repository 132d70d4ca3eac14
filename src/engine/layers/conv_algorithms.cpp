#include "engine/layers/conv_algorithms.hpp"

#include <algorithm>

#include "engine/layers/conv_pool_shape.hpp"
#include "engine/layers/conv_winograd.hpp"

namespace ridgeline::engine {

std::vector<ConvAlgorithm> algorithms_for(const PlanBuilder& plan, const NodeContext& conv) {
  if (!plan.fused()) return {ConvAlgorithm::onednn};
  // With few channels or filters Winograd's transforms cost more than the products that they save:
  // measured with AVX-512 and, on the same machine, AVX2.
  constexpr std::int64_t least = 16;
  const bool wide = std::min(conv.shapes[0][0], conv.output[0]) >= least;
  if (fits_pool(plan, conv)) {
    if (!winograd_fits_pool(plan, conv)) return {ConvAlgorithm::direct, ConvAlgorithm::onednn};
    if (wide) return {ConvAlgorithm::winograd, ConvAlgorithm::direct, ConvAlgorithm::onednn};
    return {ConvAlgorithm::direct, ConvAlgorithm::winograd, ConvAlgorithm::onednn};
  }
  if (!fits_winograd(plan, conv)) return {ConvAlgorithm::onednn};
  if (wide) return {ConvAlgorithm::winograd, ConvAlgorithm::onednn};
  return {ConvAlgorithm::onednn, ConvAlgorithm::winograd};
}

ConvAlgorithm algorithm_for(const PlanBuilder& plan, const NodeContext& conv) {
  const auto algorithms = algorithms_for(plan, conv);
  const auto chosen = plan.choices().find(conv.name);
  if (chosen == plan.choices().end() ||
      std::ranges::find(algorithms, chosen->second) == algorithms.end()) {
    return algorithms.front();
  }
  return chosen->second;
}

}  // namespace ridgeline::engine
