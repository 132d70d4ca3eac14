// Convolution by oneDNN. Master kernels are OIHW; oneDNN computes with copies in its own layout,
// and its kernel gradient is converted to OIHW.

#include "network/layers/conv2d.hpp"

#include "engine/layers/activation.hpp"
#include "engine/layers/compilers.hpp"
#include "engine/layers/conv_algorithms.hpp"
#include "engine/layers/conv_parameters.hpp"
#include "engine/layers/conv_pool.hpp"
#include "engine/layers/conv_pool_shape.hpp"
#include "engine/layers/conv_winograd.hpp"
#include "engine/layers/window.hpp"

namespace ridgeline::engine {
namespace {

struct Convolution {
  dnn::Window window;
  dnn::Dims kernel_dims;
  Tensor source, kernel;
  std::optional<Tensor> bias;
  std::int64_t flops;
  dnnl::convolution_forward::primitive_desc forward;
};

// Our own kernels use channels last, and so do oneDNN's convolutions next to them. Without our
// kernels oneDNN chooses.
dnn::Desc images_desc(const PlanBuilder& plan, const dnn::Dims& dims) {
  const dnn::Type type = plan.multiplied();
  return plan.fused() ? dnn::nhwc(dims, type) : dnn::any(dims, type);
}

void add_backward_weights(PlanBuilder& plan, const std::string& name, const Convolution& c,
                          const Tensor& gradient) {
  const auto desc =
      dnn::convolution_weights(images_desc(plan, dnn::dims_of(c.source.desc)),
                               dnn::any(c.kernel_dims), c.bias ? c.bias->desc : dnn::Desc(),
                               images_desc(plan, dnn::dims_of(gradient.desc)), c.window, c.forward);
  const Tensor kernel_gradient = plan.gradient_buffer(c.kernel, desc.diff_weights_desc());
  std::vector<std::pair<int, Tensor>> arguments{
      {DNNL_ARG_SRC, plan.reorder(c.source, desc.src_desc(), name)},
      {DNNL_ARG_DIFF_DST, plan.reorder(gradient, desc.diff_dst_desc(), name + " gradient")},
      {DNNL_ARG_DIFF_WEIGHTS, kernel_gradient}};
  if (c.bias) {
    arguments.emplace_back(DNNL_ARG_DIFF_BIAS, PlanBuilder::gradient_of(*c.bias));
  }
  plan.run(name + " backward weights", desc, dnnl::convolution_backward_weights(desc),
           std::move(arguments), c.flops);
  plan.deliver(kernel_gradient, c.kernel, name);
}

Tensor add_backward_data(PlanBuilder& plan, const std::string& name, const Convolution& c,
                         const Tensor& gradient) {
  const auto desc = dnn::convolution_data(
      images_desc(plan, dnn::dims_of(c.source.desc)), dnn::any(c.kernel_dims, plan.multiplied()),
      images_desc(plan, dnn::dims_of(gradient.desc)), c.window, c.forward);
  const Tensor result = plan.buffer(desc.diff_src_desc());
  plan.run(name + " backward data", desc, dnnl::convolution_backward_data(desc),
           {{DNNL_ARG_DIFF_DST, plan.reorder(gradient, desc.diff_dst_desc(), name + " gradient")},
            {DNNL_ARG_WEIGHTS, plan.packed(c.kernel, desc.weights_desc())},
            {DNNL_ARG_DIFF_SRC, result}},
           c.flops);
  return result;
}

}  // namespace

Backward compile_conv2d(PlanBuilder& plan, const NodeContext& node) {
  if (goes_into_pool(plan, node)) {
    plan.leave_to_reader(node.node);
    return {};
  }
  if (algorithm_for(plan, node) == ConvAlgorithm::winograd)
    return compile_conv_winograd(plan, node);
  const auto& o = static_cast<const network::Conv2DSpec&>(node.spec).options();
  const Shape& in = node.shapes[0];
  Convolution c;
  c.window = onednn_window({o.kernel, o.stride, o.dilation, o.padding}, in);
  c.kernel_dims = {o.filters, in[0] / o.groups, o.kernel.height, o.kernel.width};
  if (o.groups > 1) {
    c.kernel_dims[0] /= o.groups;
    c.kernel_dims.insert(c.kernel_dims.begin(), o.groups);
  }
  c.flops = node.spec.flops(node.shapes) * plan.images();
  c.source = plan.value(node.inputs[0]);
  const ConvParameters parameters(plan, node, c.kernel_dims);
  c.kernel = parameters.kernel();
  c.bias = parameters.bias();
  c.forward = dnn::convolution(plan.kind(), images_desc(plan, dnn::dims_of(c.source.desc)),
                               dnn::any(c.kernel_dims, plan.multiplied()),
                               c.bias ? c.bias->desc : dnn::Desc(),
                               images_desc(plan, plan.dims(node.output)), c.window);

  const Tensor computed = plan.buffer(c.forward.dst_desc());
  std::vector<std::pair<int, Tensor>> arguments{
      {DNNL_ARG_SRC, plan.reorder(c.source, c.forward.src_desc(), node.name)},
      {DNNL_ARG_WEIGHTS, parameters.copy(c.forward.weights_desc())},
      {DNNL_ARG_DST, computed}};
  if (c.bias) arguments.emplace_back(DNNL_ARG_BIAS, *c.bias);
  plan.run(node.name + " forward", c.forward, dnnl::convolution_forward(c.forward),
           std::move(arguments), c.flops);
  const FusedRelu relu = fused_relu(parameters.activation());
  if (relu.present) add_relu(plan, relu.rectifier, computed, computed, node.name);
  const Tensor result = plan.keep(computed, node.name);
  if (parameters.finish(result)) return {};
  const auto before_activation = finish_with_activation(plan, node, result);

  return [&plan, node, c, before_activation](const Tensor& output_gradient) {
    const Tensor gradient = before_activation(output_gradient);
    const int from = node.inputs[0];
    add_backward_weights(plan, node.name, c, gradient);
    if (plan.needs_gradient(from)) {
      plan.add_gradient(from, add_backward_data(plan, node.name, c, gradient));
    }
  };
}

}  // namespace ridgeline::engine
