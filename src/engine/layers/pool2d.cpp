// Poolings by our own kernels, without them by oneDNN. Max-pooling keeps the position of each
// maximum (the first in row-major order where several are equal). Where it alone reads a fused
// ReLU, it applies the ReLU's backward mask to its own output's gradient: the same numbers on a
// quarter of the data.

#include "network/layers/pool2d.hpp"

#include "engine/kernels/pool2d.hpp"
#include "engine/layers/activation.hpp"
#include "engine/layers/compilers.hpp"
#include "engine/layers/conv_pool.hpp"
#include "engine/layers/operands.hpp"
#include "engine/layers/window.hpp"

namespace ridgeline::engine {
namespace {

using dnnl::algorithm;

Backward compile_by_onednn(PlanBuilder& plan, const NodeContext& node, algorithm how,
                           const dnn::Window& window) {
  const int from = node.inputs[0];
  const Tensor source = plan.for_onednn(plan.value(from), node.name);
  dnn::Dims dims = plan.dims(node.output);
  dims.resize(4, 1);  // global pooling's output is {channels} to the network
  const auto forward = dnn::pooling(plan.kind(), how, source.desc,
                                    dnn::any(dims, dnn::type_of(source.desc)), window);
  const Tensor result = plan.buffer(forward.dst_desc());
  const bool remembers = plan.training() && how == algorithm::pooling_max;
  const Tensor positions = remembers ? plan.buffer(forward.workspace_desc()) : Tensor{};
  std::vector<std::pair<int, Tensor>> arguments{{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, result}};
  if (remembers) arguments.emplace_back(DNNL_ARG_WORKSPACE, positions);
  plan.run(node.name + " forward", forward, dnnl::pooling_forward(forward), std::move(arguments));
  plan.set_value(node.node, result);

  return [=, &plan](const Tensor& output_gradient) {
    Tensor gradient = plan.reorder(output_gradient, result.desc, node.name + " gradient");
    if (const auto slope = plan.maskable_relu(from); slope && remembers) {
      gradient = lay_relu_mask(plan, *slope, result, gradient, node.name);
      plan.set_masked(from);
    }
    const auto desc = dnn::pooling_backward(how, source.desc, result.desc, window, forward);
    const Tensor before = plan.buffer(desc.diff_src_desc());
    std::vector<std::pair<int, Tensor>> arguments{{DNNL_ARG_DIFF_DST, gradient},
                                                  {DNNL_ARG_DIFF_SRC, before}};
    if (remembers) arguments.emplace_back(DNNL_ARG_WORKSPACE, positions);
    plan.run(node.name + " backward", desc, dnnl::pooling_backward(desc), std::move(arguments));
    plan.add_gradient(from, before);
  };
}

kernels::Windows windows_of(const NodeContext& node, const dnn::Window& window,
                            const dnn::Dims& pooled) {
  const Shape& in = node.shapes[0];
  return {.channels = in[0],
          .height = in[1],
          .width = in[2],
          .pooled_height = pooled[2],
          .pooled_width = pooled[3],
          .kernel_height = window.kernel[0],
          .kernel_width = window.kernel[1],
          .step_height = window.stride[0],
          .step_width = window.stride[1],
          .top = window.padding_low[0],
          .left = window.padding_low[1]};
}

// A pool's images, channels last in the type that its source has.
struct Images {
  dnn::Type type;
  Tensor source, result;
};

Images images_of(PlanBuilder& plan, const NodeContext& node, const dnn::Dims& pooled) {
  const Tensor& value = plan.value(node.inputs[0]);
  const dnn::Type type = dnn::type_of(value.desc);
  return {type, plan.reorder(value, dnn::nhwc(plan.dims(node.shapes[0]), type), node.name),
          plan.buffer(dnn::nhwc(pooled, type))};
}

Backward compile_max(PlanBuilder& plan, const NodeContext& node, const kernels::Windows& w,
                     const dnn::Dims& dims) {
  const int from = node.inputs[0];
  const Images images = images_of(plan, node, dims);
  const bool training = plan.training();
  std::vector<Tensor> operands{images.source, images.result};
  Tensor positions;
  if (training) {
    positions = plan.buffer(
        dnn::Desc({plan.images(), w.positions_size()}, dnnl::memory::data_type::u8, dnn::Tag::ab));
    operands.push_back(positions);
  }
  plan.run_by_image(node.name + " forward", "ridgeline:pool", std::move(operands),
                    [=](std::span<void* const> operands, const ShardRun& run) {
                      with_type(images.type, [&](auto number) {
                        using T = decltype(number);
                        kernels::max_pool(w, {run.end - run.begin,
                                              in<T>(operands[0]) + run.begin * w.source_size(),
                                              out<T>(operands[1]) + run.begin * w.pooled_size(),
                                              training ? static_cast<std::uint8_t*>(operands[2]) +
                                                             run.begin * w.positions_size()
                                                       : nullptr});
                      });
                    });
  plan.set_value(node.node, images.result);

  return [=, &plan](const Tensor& output_gradient) {
    const Tensor gradient =
        plan.reorder(output_gradient, images.result.desc, node.name + " gradient");
    const auto relu = plan.maskable_relu(from);
    if (relu) plan.set_masked(from);
    const Tensor before = plan.buffer(images.source.desc);
    plan.run_by_image(
        node.name + " backward", "ridgeline:pool", {gradient, positions, before, images.result},
        [=](std::span<void* const> operands, const ShardRun& run) {
          with_type(images.type, [&](auto number) {
            using T = decltype(number);
            const std::int64_t pooled = run.begin * w.pooled_size();
            kernels::max_pool_backward(
                w, {run.end - run.begin, in<T>(operands[0]) + pooled,
                    static_cast<const std::uint8_t*>(operands[1]) + run.begin * w.positions_size(),
                    out<T>(operands[2]) + run.begin * w.source_size(),
                    relu ? in<T>(operands[3]) + pooled : nullptr, relu.value_or(1)});
          });
        });
    plan.add_gradient(from, before);
  };
}

Backward compile_average(PlanBuilder& plan, const NodeContext& node, const kernels::Windows& w,
                         const dnn::Dims& dims) {
  const int from = node.inputs[0];
  const Images images = images_of(plan, node, dims);
  plan.run_by_image(node.name + " forward", "ridgeline:pool", {images.source, images.result},
                    [=](std::span<void* const> operands, const ShardRun& run) {
                      with_type(images.type, [&](auto number) {
                        using T = decltype(number);
                        kernels::average_pool(w, run.end - run.begin,
                                              in<T>(operands[0]) + run.begin * w.source_size(),
                                              out<T>(operands[1]) + run.begin * w.pooled_size());
                      });
                    });
  plan.set_value(node.node, images.result);

  return [=, &plan](const Tensor& output_gradient) {
    const Tensor gradient =
        plan.reorder(output_gradient, images.result.desc, node.name + " gradient");
    const Tensor before = plan.buffer(images.source.desc);
    plan.run_by_image(node.name + " backward", "ridgeline:pool", {gradient, before},
                      [=](std::span<void* const> operands, const ShardRun& run) {
                        with_type(images.type, [&](auto number) {
                          using T = decltype(number);
                          kernels::average_pool_backward(
                              w, run.end - run.begin,
                              in<T>(operands[0]) + run.begin * w.pooled_size(),
                              out<T>(operands[1]) + run.begin * w.source_size());
                        });
                      });
    plan.add_gradient(from, before);
  };
}

Backward compile_pooling(PlanBuilder& plan, const NodeContext& node, algorithm how,
                         const dnn::Window& window) {
  if (!plan.fused()) return compile_by_onednn(plan, node, how, window);
  dnn::Dims dims = plan.dims(node.output);
  dims.resize(4, 1);  // global pooling's output is {channels} to the network
  const kernels::Windows windows = windows_of(node, window, dims);
  if (how != algorithm::pooling_max) return compile_average(plan, node, windows, dims);
  if (window.kernel[0] * window.kernel[1] > kernels::Windows::most_positions) {
    return compile_by_onednn(plan, node, how, window);
  }
  return compile_max(plan, node, windows, dims);
}

}  // namespace

Backward compile_max_pool2d(PlanBuilder& plan, const NodeContext& node) {
  if (plan.deferred(node.inputs[0])) {
    return compile_conv_pool(plan, plan.context(node.inputs[0]), node);
  }
  const auto& spec = static_cast<const network::MaxPool2DSpec&>(node.spec);
  return compile_pooling(plan, node, algorithm::pooling_max,
                         onednn_window(spec.window(), node.shapes[0]));
}

Backward compile_average_pool2d(PlanBuilder& plan, const NodeContext& node) {
  const auto& spec = static_cast<const network::AveragePool2DSpec&>(node.spec);
  return compile_pooling(plan, node, algorithm::pooling_avg_exclude_padding,
                         onednn_window(spec.window(), node.shapes[0]));
}

Backward compile_global_average_pool2d(PlanBuilder& plan, const NodeContext& node) {
  const Shape& in = node.shapes[0];
  const dnn::Window whole{{in[1], in[2]}, {1, 1}, {1, 1}, {0, 0}, {0, 0}};
  const Backward pooling =
      compile_pooling(plan, node, algorithm::pooling_avg_exclude_padding, whole);
  const Tensor pooled = plan.plain(plan.value(node.node), node.name);
  Tensor flat = pooled;
  flat.desc = dnn::plain(plan.dims(node.output));
  plan.set_value(node.node, flat);
  return [&plan, node, pooled, pooling](const Tensor& gradient) {
    Tensor unflattened = plan.plain(gradient, node.name + " gradient");
    unflattened.desc = pooled.desc;
    pooling(unflattened);
  };
}

}  // namespace ridgeline::engine
