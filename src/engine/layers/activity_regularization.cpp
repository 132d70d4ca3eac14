// Penalises values without changing them. Each image's penalty is added to its shard's sum, in
// double and in the order of the images. The gradient is that of the mean over the batch.

#include "network/layers/activity_regularization.hpp"

#include "engine/kernels/activity.hpp"
#include "engine/layers/compilers.hpp"
#include "engine/layers/operands.hpp"

namespace ridgeline::engine {

Backward compile_activity_regularization(PlanBuilder& plan, const NodeContext& node) {
  const auto& o = static_cast<const network::ActivityRegularizationSpec&>(node.spec).options();
  const int from = node.inputs[0];
  if (o.l2 == 0 && o.l1 == 0) {
    plan.set_value(node.node, plan.value(from));
    return [&plan, from](const Tensor& gradient) { plan.add_gradient(from, gradient); };
  }
  // Row-major or channels last: layouts without padding inside an image.
  const Tensor& value = plan.value(from);
  const dnn::Type type = dnn::type_of(value.desc);
  const Tensor source = dnn::of_type(value.desc, type) ? value : plan.plain(value, node.name);
  plan.set_value(node.node, source);
  const std::int64_t size = node.output.elements();
  plan.run_by_image(node.name + " forward", "ridgeline", {source},
                    [o, size, type = dnn::type_of(source.desc)](std::span<void* const> operands,
                                                                const ShardRun& run) {
                      if (run.activity_sum == nullptr) return;
                      with_type(type, [&](auto number) {
                        using T = decltype(number);
                        for (std::int64_t image = run.begin; image < run.end; ++image) {
                          const auto sums =
                              kernels::activity_sums(in<T>(operands[0]) + image * size, size);
                          *run.activity_sum += o.l2 / 2 * sums.squares + o.l1 * sums.absolutes;
                        }
                      });
                    });
  return [=, &plan, name = node.name](const Tensor& output_gradient) {
    const Tensor gradient = plan.reorder(output_gradient, source.desc, name + " gradient");
    const Tensor result = plan.buffer(source.desc);
    plan.run_by_image(
        name + " backward", "ridgeline", {gradient, source, result},
        [o, size, type = dnn::type_of(source.desc)](std::span<void* const> operands,
                                                    const ShardRun& run) {
          const kernels::ActivitySlope slope{static_cast<float>(o.l2 * run.image_scale),
                                             static_cast<float>(o.l1 * run.image_scale)};
          const std::int64_t at = run.begin * size;
          with_type(type, [&](auto number) {
            using T = decltype(number);
            kernels::activity_gradient(in<T>(operands[0]) + at, in<T>(operands[1]) + at, slope,
                                       (run.end - run.begin) * size, out<T>(operands[2]) + at);
          });
        });
    plan.add_gradient(from, result);
  };
}

}  // namespace ridgeline::engine
