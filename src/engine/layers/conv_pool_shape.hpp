#pragma once
// Which convolution and max-pool are one step, and how much of them has to be computed.

#include "engine/builder.hpp"
#include "engine/kernels/conv_pool.hpp"
#include "network/padding.hpp"

namespace ridgeline::engine {

/// Whether a convolution's only reader is a max-pool and both are of the kind that the fused
/// kernel computes: no groups, no dilation, no padding of the pool, a ReLU or nothing between.
bool fits_pool(const PlanBuilder& plan, const NodeContext& conv);
/// Likewise by Winograd's filtering.
bool winograd_fits_pool(const PlanBuilder& plan, const NodeContext& conv);
/// Whether they are computed so.
bool goes_into_pool(const PlanBuilder& plan, const NodeContext& conv);

struct Extent {
  std::int64_t height, width;
  friend bool operator==(const Extent&, const Extent&) = default;
};

/// What later layers look at of a pool's output. The rest is not computed.
Extent needed_extent(const PlanBuilder& plan, const NodeContext& pool);

network::Placement padding_of(const NodeContext& conv);

/// The fused step for so much of the convolution's input, and of the pool's output.
kernels::ConvPool shape_of(const NodeContext& conv, const NodeContext& pool, const Extent& image,
                           const Extent& pooled);

}  // namespace ridgeline::engine
