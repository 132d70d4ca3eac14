#include "engine/layers/conv_pool.hpp"

#include <algorithm>

#include "engine/kernels/conv_pool.hpp"
#include "engine/kernels/relu.hpp"
#include "engine/layers/conv_pool_shape.hpp"
#include "engine/layers/conv_ways.hpp"
#include "engine/layers/operands.hpp"
#include "network/layers/conv2d.hpp"

namespace ridgeline::engine {
namespace {

using kernels::ConvPool;

// The operands of the two steps, in order.
namespace forward {
enum : std::size_t { source, kernel, bias, pooled, scratch, chosen };
}
namespace backward {
enum : std::size_t {
  source,
  kernel,
  pooled,
  chosen,
  gradient,
  kernel_sums,
  bias_gradient,
  source_gradient,
  scratch,
  kernel_gradient
};
}

/// The convolution's padding, laid around an NHWC image.
struct Frame {
  std::int64_t height, row;  // of the image, in floats
  std::int64_t top, left, padded_height, padded_row;

  std::int64_t inside(std::int64_t image, std::int64_t y) const {
    return (image * padded_height + top + y) * padded_row + left;
  }
  void add(const float* from, float* to, const ShardRun& run) const {
    for (std::int64_t n = run.begin; n < run.end; ++n) {
      std::fill_n(to + n * padded_height * padded_row, padded_height * padded_row, 0.0F);
      for (std::int64_t y = 0; y < height; ++y) {
        std::copy_n(from + (n * height + y) * row, row, to + inside(n, y));
      }
    }
  }
  /// Where the image is not above 0, what comes back is multiplied by `slope`.
  void remove(const float* from, float* to, const float* image, float slope,
              const ShardRun& run) const {
    for (std::int64_t n = run.begin; n < run.end; ++n) {
      for (std::int64_t y = 0; y < height; ++y) {
        kernels::relu_backward(from + inside(n, y), image + inside(n, y), slope, row,
                               to + (n * height + y) * row);
      }
    }
  }
};

// How the forward step is computed.
struct ForwardKernel {
  const char* name;
  std::int64_t flops;  // of one image
  std::int64_t packed_size;
  std::size_t scratch;
  void (*pack)(const ConvPool&, const float* plain, float* packed);
  void (*run)(const ConvPool&, const kernels::ConvPoolForward&);
};

ForwardKernel forward_kernel(const ConvPool& s, Way way) {
  const std::int64_t products = 2 * s.filters * s.kernel_size();
  if (way == Way::winograd) {
    return {"ridgeline:winograd",
            2 * kernels::winograd_packed_size(s) * s.windows(),
            kernels::winograd_packed_size(s),
            kernels::winograd_scratch(s),
            kernels::winograd_pack,
            kernels::winograd_forward};
  }
  return {"ridgeline:direct",  products * s.columns() * s.rows(), s.packed_size(),
          s.forward_scratch(), kernels::conv_pool_pack,           kernels::conv_pool_forward};
}

// How the backward step adds up the kernel's gradient, in a layout of its own.
struct BackwardKernel {
  const char* name;
  std::int64_t gradient_size;
  std::size_t scratch;
  void (*run)(const ConvPool&, const kernels::ConvPoolBackward&);
  void (*to_plain)(const ConvPool&, const float* gradient, float* plain);
};

BackwardKernel backward_kernel(const ConvPool& s, bool deeper) {
  if (!deeper && kernels::lookup_fits(s)) {
    return {"ridgeline:lookup", s.packed_size(), kernels::lookup_scratch(s),
            kernels::conv_pool_lookup, kernels::lookup_to_plain};
  }
  return {"ridgeline:sparse", s.filters * s.kernel_size(), s.backward_scratch(),
          kernels::conv_pool_backward, kernels::rows_to_plain};
}

}  // namespace

Backward compile_conv_pool(PlanBuilder& plan, const NodeContext& conv, const NodeContext& pool) {
  const int from = conv.inputs[0];
  const dnn::Dims dims = dnn::dims_of(plan.value(from).desc);  // of what was computed
  const Extent image{dims[2], dims[3]};
  const ConvPool s = shape_of(conv, pool, image, needed_extent(plan, pool));
  const std::string name = conv.name + "+" + pool.name;
  const std::int64_t images = plan.images(), flops = conv.spec.flops(conv.shapes) * images;
  const bool is_padded = Extent{s.height, s.width} != image;
  const network::Placement padding = padding_of(conv);
  const Frame frame{image.height, image.width * s.channels,
                    padding.top,  padding.left * s.channels,
                    s.height,     s.row()};

  const dnn::Desc image_desc = dnn::nhwc(dims);
  const dnn::Desc source_desc = dnn::nhwc({images, s.channels, s.height, s.width});
  Tensor source = plan.reorder(plan.value(from), image_desc, name);
  if (is_padded) {
    const Tensor framed = plan.buffer(source_desc);
    plan.run_by_image(name + " padding", "ridgeline:copy", {source, framed},
                      [frame](std::span<void* const> operands, const ShardRun& run) {
                        frame.add(in(operands[0]), out(operands[1]), run);
                      });
    source = framed;
  }

  const dnn::Dims kernel_dims{s.filters, s.channels, s.kernel_height, s.kernel_width};
  const Tensor kernel = plan.parameter(conv.node, "kernel", kernel_dims);
  const bool has_bias = static_cast<const network::Conv2DSpec&>(conv.spec).options().use_bias;
  const Tensor bias = has_bias ? plan.parameter(conv.node, "bias", {s.filters}) : kernel;
  const Tensor pooled =
      plan.buffer(dnn::nhwc({images, s.filters, s.pooled_height, s.pooled_width}));
  const bool training = plan.training();
  const ForwardKernel way = forward_kernel(s, way_of(plan, conv));
  const Tensor packed =
      plan.packed(kernel, way.packed_size, way.name,
                  [s, way](const float* from, float* to) { way.pack(s, from, to); });
  std::vector<Tensor> operands{source, packed, bias, pooled, plan.scratch(way.scratch)};
  Tensor chosen;
  if (training) {
    chosen = plan.buffer(dnn::Desc({images, s.windows(), s.padded_filters()},
                                   dnnl::memory::data_type::u8, dnn::Tag::abc));
    operands.push_back(chosen);
  }
  plan.run_by_image(
      name + " forward", way.name, std::move(operands),
      [=](std::span<void* const> operands, const ShardRun& run) {
        for (std::int64_t n = run.begin; n < run.end; ++n) {
          way.run(s,
                  {in(operands[forward::source]) + n * s.height * s.row(),
                   in(operands[forward::kernel]), has_bias ? in(operands[forward::bias]) : nullptr,
                   out(operands[forward::pooled]) + n * s.windows() * s.filters,
                   training ? static_cast<std::uint8_t*>(operands[forward::chosen]) +
                                  n * s.windows() * s.padded_filters()
                            : nullptr,
                   operands[forward::scratch]});
        }
      },
      {flops, way.flops * images});
  plan.set_value(pool.node, pooled);

  return [=, &plan](const Tensor& output_gradient) {
    const Tensor gradient = plan.reorder(output_gradient, pooled.desc, name + " gradient");
    const bool deeper = plan.needs_gradient(from);
    const std::int64_t passes = deeper ? 2 : 1;
    const BackwardKernel way = backward_kernel(s, deeper);
    const auto pack = [s](const float* from, float* to) { kernels::fold_pack(s, from, to); };
    const Tensor folded =
        deeper ? plan.packed(kernel, kernels::fold_packed_size(s), "fold", pack) : kernel;
    const Tensor kernel_sums = plan.buffer(dnn::plain({way.gradient_size}));
    const Tensor before = deeper ? plan.buffer(source_desc) : source;
    plan.run_by_image(
        name + " backward", way.name,
        {source, folded, pooled, chosen, gradient, kernel_sums, PlanBuilder::gradient_of(bias),
         before, plan.scratch(way.scratch), PlanBuilder::gradient_of(kernel)},
        [=](std::span<void* const> operands, const ShardRun& run) {
          float* kernel_sums = out(operands[backward::kernel_sums]);
          float* bias_gradient = has_bias ? out(operands[backward::bias_gradient]) : nullptr;
          float* source_gradient = deeper ? out(operands[backward::source_gradient]) : nullptr;
          if (run.begin == 0) {
            std::fill_n(kernel_sums, way.gradient_size, 0.0F);
            if (has_bias) std::fill_n(bias_gradient, s.filters, 0.0F);
          }
          for (std::int64_t n = run.begin; n < run.end; ++n) {
            const std::int64_t image = n * s.height * s.row();
            if (deeper) std::fill_n(source_gradient + image, s.height * s.row(), 0.0F);
            const std::int64_t output = n * s.windows() * s.filters;
            way.run(s, {in(operands[backward::source]) + image, in(operands[backward::kernel]),
                        in(operands[backward::pooled]) + output,
                        static_cast<const std::uint8_t*>(operands[backward::chosen]) +
                            n * s.windows() * s.padded_filters(),
                        in(operands[backward::gradient]) + output, kernel_sums, bias_gradient,
                        deeper ? source_gradient + image : nullptr, operands[backward::scratch]});
          }
          if (run.end < images) return;
          way.to_plain(s, kernel_sums, out(operands[backward::kernel_gradient]));
        },
        {passes * flops, passes * 2 * s.kernel_size() * s.filters * s.windows() * images});
    if (!deeper) return;
    if (!is_padded) return plan.add_gradient(from, before);
    const Tensor inside = plan.buffer(image_desc);
    const auto relu = plan.maskable_relu(from);
    if (relu) plan.set_masked(from);
    plan.run_by_image(
        name + " backward padding", "ridgeline:copy", {before, inside, source},
        [frame, slope = relu.value_or(1)](std::span<void* const> operands, const ShardRun& run) {
          frame.remove(in(operands[0]), out(operands[1]), in(operands[2]), slope, run);
        });
    plan.add_gradient(from, inside);
  };
}

}  // namespace ridgeline::engine
