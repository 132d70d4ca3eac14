#pragma once
// Decides which convolutions are fused with a max-pool, and how much of them must be computed.

#include "engine/builder.hpp"
#include "engine/kernels/conv_pool.hpp"
#include "network/padding.hpp"

namespace ridgeline::engine {

/// Whether a convolution's only reader is a max-pool and the fused kernel can compute both: no
/// groups, no dilation, no padding of the pool, and only a ReLU or nothing between them.
bool fits_pool(const PlanBuilder& plan, const NodeContext& conv);
/// The same for Winograd's filtering.
bool winograd_fits_pool(const PlanBuilder& plan, const NodeContext& conv);
/// Whether the convolution is fused with its max-pool.
bool goes_into_pool(const PlanBuilder& plan, const NodeContext& conv);

struct Extent {
  std::int64_t height, width;
  friend bool operator==(const Extent&, const Extent&) = default;
};

/// The part of a pool's output that later layers read. The rest is not computed.
Extent needed_extent(const PlanBuilder& plan, const NodeContext& pool);

network::Placement padding_of(const NodeContext& conv);

/// The fused step for these parts of the convolution's input and of the pool's output.
kernels::ConvPool shape_of(const NodeContext& conv, const NodeContext& pool, const Extent& image,
                           const Extent& pooled);

}  // namespace ridgeline::engine
