#include "engine/layers/conv_ways.hpp"

#include <algorithm>

#include "engine/layers/conv_pool_shape.hpp"
#include "engine/layers/conv_winograd.hpp"

namespace ridgeline::engine {

std::vector<Way> ways_of(const PlanBuilder& plan, const NodeContext& conv) {
  if (!plan.fused()) return {Way::onednn};
  // With few channels or filters Winograd's transforms cost more than the products that they save:
  // measured with AVX-512 and, on the same machine, AVX2.
  constexpr std::int64_t least = 16;
  const bool wide = std::min(conv.shapes[0][0], conv.output[0]) >= least;
  if (fits_pool(plan, conv)) {
    if (!winograd_fits_pool(plan, conv)) return {Way::direct, Way::onednn};
    if (wide) return {Way::winograd, Way::direct, Way::onednn};
    return {Way::direct, Way::winograd, Way::onednn};
  }
  if (!fits_winograd(plan, conv)) return {Way::onednn};
  if (wide) return {Way::winograd, Way::onednn};
  return {Way::onednn, Way::winograd};
}

Way way_of(const PlanBuilder& plan, const NodeContext& conv) {
  const auto ways = ways_of(plan, conv);
  const auto chosen = plan.choices().find(conv.name);
  if (chosen == plan.choices().end() || std::ranges::find(ways, chosen->second) == ways.end()) {
    return ways.front();
  }
  return chosen->second;
}

}  // namespace ridgeline::engine
