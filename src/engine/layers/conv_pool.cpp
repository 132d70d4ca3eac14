#include "engine/layers/conv_pool.hpp"

#include <algorithm>

#include "engine/kernels/conv_pool.hpp"
#include "engine/layers/conv_algorithms.hpp"
#include "engine/layers/conv_pool_frame.hpp"
#include "engine/layers/conv_pool_shape.hpp"
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

// How the forward step is computed.
struct ForwardKernel {
  const char* name;
  std::int64_t flops;  // of one image
  std::int64_t packed_size;
  std::size_t scratch;
  void (*pack)(const ConvPool&, const float* plain, float* packed);
  void (*run)(const ConvPool&, const kernels::ConvPoolForward&);
};

ForwardKernel forward_kernel(const ConvPool& s, ConvAlgorithm algorithm) {
  const std::int64_t products = 2 * s.filters * s.kernel_size();
  if (algorithm == ConvAlgorithm::winograd) {
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
  const dnn::Dims dims = dnn::dims_of(plan.value(from).desc);  // of the computed part
  const Extent image{dims[2], dims[3]};
  const ConvPool s = shape_of(conv, pool, image, needed_extent(plan, pool));
  const std::string name = conv.name + "+" + pool.name;
  const std::int64_t images = plan.images(), flops = conv.spec.flops(conv.shapes) * images;
  const network::Placement padding = padding_of(conv);
  const dnn::Type type = dnn::type_of(plan.value(from).desc), kept = plan.kept();
  const Frame frame{
      type,     image.height, image.width * s.channels, padding.top, padding.left * s.channels,
      s.height, s.row()};
  const Tensor source = plan.reorder(plan.value(from), dnn::nhwc(dims, type), name);

  const dnn::Dims kernel_dims{s.filters, s.channels, s.kernel_height, s.kernel_width};
  const Tensor kernel = plan.parameter(conv.node, "kernel", kernel_dims);
  const bool has_bias = static_cast<const network::Conv2DSpec&>(conv.spec).options().use_bias;
  const Tensor bias = has_bias ? plan.parameter(conv.node, "bias", {s.filters}) : kernel;
  const Tensor pooled =
      plan.buffer(dnn::nhwc({images, s.filters, s.pooled_height, s.pooled_width}, kept));
  const bool training = plan.training();
  const ForwardKernel implementation = forward_kernel(s, algorithm_for(plan, conv));
  const Tensor packed = plan.packed(
      kernel, implementation.packed_size, implementation.name,
      [s, implementation](const float* from, float* to) { implementation.pack(s, from, to); });
  ScratchLayout layout(implementation.scratch);
  const std::size_t framed_offset = layout.add(frame.copies() ? frame.size() : 0);
  const std::int64_t pooled_size = s.windows() * s.filters;
  const std::size_t pooled_offset = layout.add(kept == dnn::bf16 ? pooled_size : 0);
  std::vector<Tensor> operands{source, packed, bias, pooled, plan.scratch(layout.bytes())};
  Tensor chosen;
  if (training) {
    chosen = plan.buffer(dnn::Desc({images, s.windows(), s.padded_filters()},
                                   dnnl::memory::data_type::u8, dnn::Tag::abc));
    operands.push_back(chosen);
  }
  plan.run_by_image(
      name + " forward", implementation.name, std::move(operands),
      [=](std::span<void* const> operands, const ShardRun& run) {
        void* scratch = operands[forward::scratch];
        const Rows rows(s, run.share);
        for (std::int64_t n = run.begin; n < run.end; ++n) {
          const float* image =
              frame.add(operands[forward::source], n, ScratchLayout::at(scratch, framed_offset));
          const std::int64_t first = n * s.windows() + rows.first_window;
          with_type(kept, [&](auto number) {
            auto* to = out<decltype(number)>(operands[forward::pooled]) + first * s.filters;
            float* result = as_fp32(to, ScratchLayout::at(scratch, pooled_offset));
            implementation.run(rows.shape,
                               {image + rows.source, in(operands[forward::kernel]),
                                has_bias ? in(operands[forward::bias]) : nullptr, result,
                                training ? static_cast<std::uint8_t*>(operands[forward::chosen]) +
                                               first * s.padded_filters()
                                         : nullptr,
                                scratch});
            finish(result, rows.shape.windows() * s.filters, to);
          });
        }
      },
      {flops, implementation.flops * images});
  plan.share_last_step();
  plan.set_value(pool.node, pooled);

  return [=, &plan](const Tensor& output_gradient) {
    const Tensor gradient = plan.reorder(output_gradient, pooled.desc, name + " gradient");
    const bool deeper = plan.needs_gradient(from);
    const std::int64_t passes = deeper ? 2 : 1;
    const BackwardKernel implementation = backward_kernel(s, deeper);
    const auto pack = [s](const float* from, float* to) { kernels::fold_pack(s, from, to); };
    const Tensor folded =
        deeper ? plan.packed(kernel, kernels::fold_packed_size(s), "fold", pack) : kernel;
    const Tensor kernel_sums = plan.buffer(dnn::plain({implementation.gradient_size}));
    const Tensor before = deeper ? plan.buffer(source.desc) : source;
    const auto relu = deeper && frame.copies() ? plan.maskable_relu(from) : std::nullopt;
    if (relu) plan.set_masked(from);
    ScratchLayout layout(implementation.scratch);
    const std::size_t framed_offset = layout.add(frame.copies() ? frame.size() : 0);
    const std::size_t framed_gradient_offset =
        layout.add(deeper && frame.copies() ? frame.size() : 0);
    const std::size_t pooled_offset = layout.add(kept == dnn::bf16 ? pooled_size : 0);
    const std::size_t gradient_offset = layout.add(kept == dnn::bf16 ? pooled_size : 0);
    plan.run_by_image(
        name + " backward", implementation.name,
        {source, folded, pooled, chosen, gradient, kernel_sums, PlanBuilder::gradient_of(bias),
         before, plan.scratch(layout.bytes()), PlanBuilder::gradient_of(kernel)},
        [=](std::span<void* const> operands, const ShardRun& run) {
          float* kernel_sums = out(operands[backward::kernel_sums]);
          float* bias_gradient = has_bias ? out(operands[backward::bias_gradient]) : nullptr;
          if (run.begin == 0) {
            std::fill_n(kernel_sums, implementation.gradient_size, 0.0F);
            if (has_bias) std::fill_n(bias_gradient, s.filters, 0.0F);
          }
          void* scratch = operands[backward::scratch];
          for (std::int64_t n = run.begin; n < run.end; ++n) {
            const float* image =
                frame.add(operands[backward::source], n, ScratchLayout::at(scratch, framed_offset));
            float* source_gradient = nullptr;
            if (deeper) {
              source_gradient = frame.gradient(operands[backward::source_gradient], n,
                                               ScratchLayout::at(scratch, framed_gradient_offset));
              std::fill_n(source_gradient, frame.size(), 0.0F);
            }
            with_type(kept, [&](auto number) {
              const auto of_image = [&](std::size_t operand, std::size_t offset) {
                return to_fp32(in<decltype(number)>(operands[operand]) + n * pooled_size,
                               pooled_size, ScratchLayout::at(scratch, offset));
              };
              implementation.run(s, {image, in(operands[backward::kernel]),
                                     of_image(backward::pooled, pooled_offset),
                                     static_cast<const std::uint8_t*>(operands[backward::chosen]) +
                                         n * s.windows() * s.padded_filters(),
                                     of_image(backward::gradient, gradient_offset), kernel_sums,
                                     bias_gradient, source_gradient, scratch});
            });
            if (deeper) {
              frame.remove(source_gradient, image, relu.value_or(1), n,
                           operands[backward::source_gradient]);
            }
          }
          if (run.end < images) return;
          implementation.to_plain(s, kernel_sums, out(operands[backward::kernel_gradient]));
        },
        {passes * flops, passes * 2 * s.kernel_size() * s.filters * s.windows() * images});
    if (deeper) plan.add_gradient(from, before);
  };
}

}  // namespace ridgeline::engine
