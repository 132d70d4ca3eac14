// Pooling by our own kernels, because oneDNN's max-pool loses NaN. Max-pooling keeps the position
// of each maximum. If it is the only reader of a fused ReLU, it applies the ReLU's backward mask to
// the gradient of its own output: the result is the same, with a quarter of the data.

#include "network/layers/pool2d.hpp"

#include "engine/kernels/pool2d.hpp"
#include "engine/layers/activation.hpp"
#include "engine/layers/compilers.hpp"
#include "engine/layers/conv_pool.hpp"
#include "engine/layers/operands.hpp"
#include "engine/layers/window.hpp"

namespace ridgeline::engine {
namespace {

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

// A pool's images, channels last and in the type of the source.
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
  const std::int64_t position_bytes = w.positions_size() * (w.small() ? 1 : 4);  // of an image
  std::vector<Tensor> operands{images.source, images.result};
  Tensor positions;
  if (training) {
    positions = plan.buffer(dnn::Desc({plan.images(), w.positions_size()},
                                      w.small() ? dnn::Type::u8 : dnn::Type::s32, dnn::Tag::ab));
    operands.push_back(positions);
  }
  plan.run_by_image(
      node.name + " forward", "ridgeline:pool", std::move(operands),
      [=](std::span<void* const> operands, const ShardRun& run) {
        with_type(images.type, [&](auto number) {
          using T = decltype(number);
          kernels::max_pool(
              w, {run.end - run.begin, in<T>(operands[0]) + run.begin * w.source_size(),
                  out<T>(operands[1]) + run.begin * w.pooled_size(),
                  training ? out<std::byte>(operands[2]) + run.begin * position_bytes : nullptr});
        });
      });
  plan.set_value(node.node, images.result);

  return [=, &plan](const Tensor& output_gradient) {
    const Tensor gradient =
        plan.reorder(output_gradient, images.result.desc, node.name + " gradient");
    const auto relu = plan.maskable_relu(from);
    if (relu) plan.set_masked(from);
    const Tensor before = plan.buffer(images.source.desc);
    plan.run_by_image(node.name + " backward", "ridgeline:pool",
                      {gradient, positions, before, images.result},
                      [=](std::span<void* const> operands, const ShardRun& run) {
                        with_type(images.type, [&](auto number) {
                          using T = decltype(number);
                          const std::int64_t pooled = run.begin * w.pooled_size();
                          kernels::max_pool_backward(
                              w, {run.end - run.begin, in<T>(operands[0]) + pooled,
                                  in<std::byte>(operands[1]) + run.begin * position_bytes,
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

}  // namespace

Backward compile_max_pool2d(PlanBuilder& plan, const NodeContext& node) {
  if (plan.left_to_reader(node.inputs[0])) {
    return compile_conv_pool(plan, plan.context(node.inputs[0]), node);
  }
  const auto& spec = static_cast<const network::MaxPool2DSpec&>(node.spec);
  const dnn::Dims pooled = plan.dims(node.output);
  return compile_max(
      plan, node, windows_of(node, onednn_window(spec.window(), node.shapes[0]), pooled), pooled);
}

Backward compile_average_pool2d(PlanBuilder& plan, const NodeContext& node) {
  const auto& spec = static_cast<const network::AveragePool2DSpec&>(node.spec);
  const dnn::Dims pooled = plan.dims(node.output);
  return compile_average(
      plan, node, windows_of(node, onednn_window(spec.window(), node.shapes[0]), pooled), pooled);
}

Backward compile_adaptive_average_pool2d(PlanBuilder& plan, const NodeContext& node) {
  const int from = node.inputs[0];
  const Shape& in = node.shapes[0];
  if (in == node.output) {  // each window is one pixel
    plan.set_value(node.node, plan.value(from));
    return [&plan, from](const Tensor& gradient) { plan.add_gradient(from, gradient); };
  }
  const kernels::Windows windows{.channels = in[0],
                                 .height = in[1],
                                 .width = in[2],
                                 .pooled_height = node.output[1],
                                 .pooled_width = node.output[2],
                                 .adaptive = true};
  return compile_average(plan, node, windows, plan.dims(node.output));
}

Backward compile_global_average_pool2d(PlanBuilder& plan, const NodeContext& node) {
  const Shape& in = node.shapes[0];
  const dnn::Window whole{{in[1], in[2]}, {1, 1}, {1, 1}, {0, 0}, {0, 0}};
  dnn::Dims dims = plan.dims(node.output);
  dims.resize(4, 1);  // its output is {channels} to the network
  const Backward pooling = compile_average(plan, node, windows_of(node, whole, dims), dims);
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
