// Inverted dropout. It depends only on (seed, layer, epoch, image). The backward pass draws the
// same numbers again instead of keeping a mask.

#include "network/layers/dropout.hpp"

#include "engine/layers/compilers.hpp"
#include "engine/layers/random_stream.hpp"

namespace ridgeline::engine {
namespace {

void drop(const ShardRun& run, int node, float rate, std::size_t size, const float* from,
          float* to) {
  const float keep = 1.0f / (1.0f - rate);
  for (std::int64_t image = 0; image < run.images; ++image) {
    Random random = random_stream(run, node, image);
    for (std::size_t i = 0; i < size; ++i) {
      to[i] = from[i] * (random.uniform() < rate ? 0.0f : keep);  // NaN stays NaN
    }
    from += size;
    to += size;
  }
}

}  // namespace

Backward compile_dropout(PlanBuilder& plan, const NodeContext& node) {
  const auto rate =
      static_cast<float>(static_cast<const network::DropoutSpec&>(node.spec).options().rate);
  const int from = node.inputs[0];
  if (!plan.training() || rate == 0) {
    plan.set_value(node.node, plan.value(from));
    return [&plan, from](const Tensor& gradient) { plan.add_gradient(from, gradient); };
  }
  const auto size = static_cast<std::size_t>(node.output.elements());
  const auto add_steps = [&plan, node = node.node, rate, size](const std::string& name,
                                                               const Tensor& source) {
    const Tensor plain = plan.plain(source, name);
    const Tensor result = plan.buffer(plain.desc);
    plan.run_kernel(name, {plain, result},
                    [=](std::span<void* const> operands, const ShardRun& run) {
                      drop(run, node, rate, size, static_cast<const float*>(operands[0]),
                           static_cast<float*>(operands[1]));
                    });
    return result;
  };
  plan.set_value(node.node, add_steps(node.name + " forward", plan.value(from)));
  return [add_steps, name = node.name, from, &plan](const Tensor& gradient) {
    plan.add_gradient(from, add_steps(name + " backward", gradient));
  };
}

}  // namespace ridgeline::engine
