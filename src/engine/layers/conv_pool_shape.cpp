#include "engine/layers/conv_pool_shape.hpp"

#include <algorithm>
#include <limits>

#include "engine/layers/activation.hpp"
#include "engine/layers/conv_algorithms.hpp"
#include "network/activation.hpp"
#include "network/layers/conv2d.hpp"
#include "network/layers/pool2d.hpp"

namespace ridgeline::engine {
namespace {

using kernels::ConvPool;

constexpr std::int64_t most_positions = 255;

const Conv2D& options_of(const NodeContext& conv) {
  return static_cast<const network::Conv2DSpec&>(conv.spec).options();
}

network::Window window_of(const NodeContext& conv) {
  const Conv2D& o = options_of(conv);
  return {o.kernel, o.stride, o.dilation, o.padding};
}

const network::Window& window_of_pool(const NodeContext& pool) {
  return static_cast<const network::MaxPool2DSpec&>(pool.spec).window();
}

Extent extent_of(const Shape& shape) {
  return {shape[1], shape[2]};
}

/// The part of a convolution's source, with padding, that the windows read.
Extent framed_extent(const NodeContext& conv, const NodeContext& pool, const Extent& pooled) {
  const Conv2D& o = options_of(conv);
  const network::Window& w = window_of_pool(pool);
  const Extent rows{(pooled.height - 1) * w.stride.height + w.kernel.height,
                    (pooled.width - 1) * w.stride.width + w.kernel.width};
  return {(rows.height - 1) * o.stride.height + o.kernel.height,
          (rows.width - 1) * o.stride.width + o.kernel.width};
}

}  // namespace

network::Placement padding_of(const NodeContext& conv) {
  return network::place(window_of(conv), conv.shapes[0][1], conv.shapes[0][2]);
}

ConvPool shape_of(const NodeContext& conv, const NodeContext& pool, const Extent& image,
                  const Extent& pooled) {
  const Conv2D& o = options_of(conv);
  const network::Window& w = window_of_pool(pool);
  const network::Placement p = padding_of(conv);
  const Extent framed = framed_extent(conv, pool, pooled);
  const FusedRelu relu = fused_relu(conv.activation);
  return {.channels = conv.shapes[0][0],
          .height = std::max(p.top + image.height, framed.height),
          .width = std::max(p.left + image.width, framed.width),
          .filters = o.filters,
          .kernel_height = o.kernel.height,
          .kernel_width = o.kernel.width,
          .stride_height = o.stride.height,
          .stride_width = o.stride.width,
          .window_height = w.kernel.height,
          .window_width = w.kernel.width,
          .step_height = w.stride.height,
          .step_width = w.stride.width,
          .pooled_height = pooled.height,
          .pooled_width = pooled.width,
          .relu = relu.present,
          .slope = relu.slope()};
}

bool fits_pool(const PlanBuilder& plan, const NodeContext& conv) {
  const auto pool = plan.only_reader(conv.node);
  if (!pool || pool->spec.kind() != "max_pool2d") return false;
  const Conv2D& o = options_of(conv);
  const network::Window& w = window_of_pool(*pool);
  const network::Placement p = network::place(w, conv.output[1], conv.output[2]);
  const bool padded = p.top != 0 || p.bottom != 0 || p.left != 0 || p.right != 0;
  const bool plain = o.groups == 1 && o.dilation == Pair(1) && w.dilation == Pair(1) && !padded;
  const auto activation = network::parse_activation(conv.activation).kind;
  const bool fusable =
      activation == network::Activation::Kind::linear || fused_relu(conv.activation).in_kernel();
  const ConvPool s = shape_of(conv, *pool, extent_of(conv.shapes[0]), extent_of(pool->output));
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
  return plain && fusable && s.positions() <= most_positions && s.height * s.row() <= most &&
         s.filters * s.kernel_size() <= most;
}

bool winograd_fits_pool(const PlanBuilder& plan, const NodeContext& conv) {
  const auto pool = plan.only_reader(conv.node);
  return plan.compute().winograd && fits_pool(plan, conv) &&
         kernels::winograd_fits(
             shape_of(conv, *pool, extent_of(conv.shapes[0]), extent_of(pool->output)));
}

bool goes_into_pool(const PlanBuilder& plan, const NodeContext& conv) {
  return fits_pool(plan, conv) && algorithm_for(plan, conv) != ConvAlgorithm::onednn;
}

Extent needed_extent(const PlanBuilder& plan, const NodeContext& pool) {
  const Extent all = extent_of(pool.output);
  const auto conv = plan.only_reader(pool.node);
  if (!conv || conv->spec.kind() != "conv2d" || !goes_into_pool(plan, *conv)) return all;
  const auto next = plan.only_reader(conv->node);
  const Extent framed = framed_extent(*conv, *next, needed_extent(plan, *next));
  const network::Placement padding = padding_of(*conv);
  return {std::clamp<std::int64_t>(framed.height - padding.top, 1, all.height),
          std::clamp<std::int64_t>(framed.width - padding.left, 1, all.width)};
}

}  // namespace ridgeline::engine
