// Dense layers by oneDNN's inner product over flat, plain inputs: a four-dimensional view makes
// it choose a slow product with two reorders.

#include "network/layers/dense.hpp"

#include "engine/layers/activation.hpp"
#include "engine/layers/compilers.hpp"

namespace ridgeline::engine {
namespace {

struct Product {
  Tensor source, kernel, bias;
  dnn::Dims kernel_dims;
  bool has_bias;
  std::int64_t flops;
  dnnl::inner_product_forward::primitive_desc forward;
};

void lay_backward_weights(PlanBuilder& plan, const std::string& name, const Product& p,
                          const Tensor& gradient) {
  const auto desc = dnn::inner_product_weights(p.source.desc, dnn::any(p.kernel_dims),
                                               p.has_bias ? p.bias.desc : dnn::Desc(),
                                               dnn::any(dnn::dims_of(gradient.desc)), p.forward);
  const Tensor kernel_gradient = plan.gradient_buffer(p.kernel, desc.diff_weights_desc());
  std::vector<std::pair<int, Tensor>> arguments{
      {DNNL_ARG_SRC, p.source},
      {DNNL_ARG_DIFF_DST, plan.reorder(gradient, desc.diff_dst_desc(), name + " gradient")},
      {DNNL_ARG_DIFF_WEIGHTS, kernel_gradient}};
  if (p.has_bias) {
    arguments.emplace_back(DNNL_ARG_DIFF_BIAS, PlanBuilder::gradient_of(p.bias));
  }
  plan.run(name + " backward weights", desc, dnnl::inner_product_backward_weights(desc),
           std::move(arguments), p.flops);
  plan.deliver(kernel_gradient, p.kernel, name);
}

Tensor lay_backward_data(PlanBuilder& plan, const std::string& name, const Product& p,
                         const Tensor& gradient) {
  const auto desc = dnn::inner_product_data(p.source.desc, dnn::any(p.kernel_dims),
                                            dnn::any(dnn::dims_of(gradient.desc)), p.forward);
  const Tensor result = plan.buffer(desc.diff_src_desc());
  plan.run(name + " backward data", desc, dnnl::inner_product_backward_data(desc),
           {{DNNL_ARG_DIFF_DST, plan.reorder(gradient, desc.diff_dst_desc(), name + " gradient")},
            {DNNL_ARG_WEIGHTS, plan.packed(p.kernel, desc.weights_desc())},
            {DNNL_ARG_DIFF_SRC, result}},
           p.flops);
  return result;
}

}  // namespace

Backward compile_dense(PlanBuilder& plan, const NodeContext& node) {
  const auto& o = static_cast<const network::DenseSpec&>(node.spec).options();
  Product p;
  p.kernel_dims = {o.units, node.shapes[0][0]};
  p.has_bias = o.use_bias;
  p.flops = node.spec.flops(node.shapes) * plan.images();
  p.source = plan.plain(plan.value(node.inputs[0]), node.name);
  p.kernel = plan.parameter(node.node, "kernel", p.kernel_dims);
  if (p.has_bias) p.bias = plan.parameter(node.node, "bias", {o.units});
  p.forward = dnn::inner_product(plan.kind(), p.source.desc, dnn::any(p.kernel_dims),
                                 p.has_bias ? p.bias.desc : dnn::Desc(),
                                 dnn::plain(plan.dims(node.output)), fused_relu(node.activation));

  const Tensor result = plan.buffer(p.forward.dst_desc());
  std::vector<std::pair<int, Tensor>> arguments{
      {DNNL_ARG_SRC, p.source},
      {DNNL_ARG_WEIGHTS, plan.packed(p.kernel, p.forward.weights_desc())},
      {DNNL_ARG_DST, result}};
  if (p.has_bias) arguments.emplace_back(DNNL_ARG_BIAS, p.bias);
  plan.run(node.name + " forward", p.forward, dnnl::inner_product_forward(p.forward),
           std::move(arguments), p.flops);
  const auto before_activation = finish_with_activation(plan, node, result);

  return [&plan, node, p, before_activation](const Tensor& output_gradient) {
    const Tensor gradient = before_activation(output_gradient);
    const int from = node.inputs[0];
    lay_backward_weights(plan, node.name, p, gradient);
    if (plan.needs_gradient(from)) {
      plan.add_gradient(from, lay_backward_data(plan, node.name, p, gradient));
    }
  };
}

}  // namespace ridgeline::engine
