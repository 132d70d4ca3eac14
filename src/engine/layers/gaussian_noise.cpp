// Adds noise in training. It depends only on (seed, layer, epoch, image). The gradient does not
// change.

#include "network/layers/gaussian_noise.hpp"

#include "engine/layers/compilers.hpp"
#include "engine/layers/operands.hpp"
#include "engine/layers/random_stream.hpp"

namespace ridgeline::engine {

Backward compile_gaussian_noise(PlanBuilder& plan, const NodeContext& node) {
  const auto deviation = static_cast<float>(
      static_cast<const network::GaussianNoiseSpec&>(node.spec).options().stddev);
  const int from = node.inputs[0];
  const auto backward = [&plan, from](const Tensor& gradient) {
    plan.add_gradient(from, gradient);
  };
  if (!plan.training()) {
    plan.set_value(node.node, plan.value(from));
    return backward;
  }
  const auto size = static_cast<std::size_t>(node.output.elements());
  const Tensor source = plan.plain(plan.value(from), node.name);
  const Tensor result = plan.buffer(source.desc);
  plan.run_by_image(
      node.name + " forward", "ridgeline", {source, result},
      [node = node.node, deviation, size](std::span<void* const> operands, const ShardRun& run) {
        for (std::int64_t image = run.begin; image < run.end; ++image) {
          const std::size_t at = static_cast<std::size_t>(image) * size;
          const std::span<float> noisy(out(operands[1]) + at, size);
          random_stream(run, node, image).normals(noisy);
          for (std::size_t i = 0; i < size; ++i) {
            noisy[i] = in(operands[0])[at + i] + deviation * noisy[i];
          }
        }
      });
  plan.set_value(node.node, result);
  return backward;
}

}  // namespace ridgeline::engine
