// (x - mean) / std per channel: constants of the network.

#include "network/layers/normalize.hpp"

#include "engine/kernels/channels.hpp"
#include "engine/layers/compilers.hpp"
#include "engine/layers/operands.hpp"

namespace ridgeline::engine {

Backward compile_normalize(PlanBuilder& plan, const NodeContext& node) {
  const auto& o = static_cast<const network::NormalizeSpec&>(node.spec).options();
  const int from = node.inputs[0];
  const Tensor source = plan.plain(plan.value(from), node.name);
  const auto view = *kernels::channel_view(source.desc);
  std::vector<float> scale, shift;
  for (std::size_t c = 0; c < static_cast<std::size_t>(view.channels); ++c) {
    scale.push_back(static_cast<float>(1 / o.std[c]));
    shift.push_back(static_cast<float>(-o.mean[c] / o.std[c]));
  }
  const auto add_steps = [&plan, view](const std::string& name, const Tensor& x,
                                       std::vector<float> a, std::vector<float> b) {
    const Tensor result = plan.buffer(x.desc);
    plan.run_kernel(name, {x, result}, [=](std::span<void* const> operands, const ShardRun&) {
      kernels::affine(view, {operands[0], a.data(), b.data(), operands[1]});
    });
    return result;
  };
  plan.set_value(node.node, add_steps(node.name + " forward", source, scale, shift));
  return [=, &plan](const Tensor& output_gradient) {
    const Tensor gradient = plan.plain(output_gradient, node.name + " gradient");
    plan.add_gradient(from, add_steps(node.name + " backward", gradient, scale,
                                      std::vector<float>(scale.size(), 0.0f)));
  };
}

}  // namespace ridgeline::engine
