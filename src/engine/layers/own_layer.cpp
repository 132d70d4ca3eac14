// Layers of an application's own, on plain tensors of single precision.

#include "ridgeline/own_layer.hpp"

#include "engine/layers/compilers.hpp"
#include "engine/layers/operands.hpp"
#include "options/check.hpp"

namespace ridgeline::engine {
namespace {

// The first `count` operands from `first` on, as pointers to numbers.
template <typename Number>
std::vector<Number*> numbers(std::span<void* const> operands, std::size_t first,
                             std::size_t count) {
  std::vector<Number*> all;
  for (void* operand : operands.subspan(first, count)) all.push_back(static_cast<Number*>(operand));
  return all;
}

// What both directions read: the inputs, then the parameters.
struct Reads {
  std::vector<Tensor> tensors;
  std::size_t inputs = 0, parameters = 0;
};

Reads reads_of(PlanBuilder& plan, const NodeContext& node) {
  Reads reads;
  for (const int from : node.inputs) {
    reads.tensors.push_back(plan.plain(plan.value(from), node.name));
    ++reads.inputs;
  }
  for (const ParameterSpec& spec : node.spec.parameters(node.shapes)) {
    require(spec.role != Role::statistic,
            "{}: a layer of an application's own has no running statistics, such as {}", node.name,
            spec.name);
    const auto dims = spec.shape.dims();
    reads.tensors.push_back(plan.parameter(node.node, spec.name, {dims.begin(), dims.end()}));
    ++reads.parameters;
  }
  return reads;
}

}  // namespace

Backward compile_own_layer(PlanBuilder& plan, const NodeContext& node) {
  const auto& layer = static_cast<const OwnLayer&>(node.spec);
  const Reads reads = reads_of(plan, node);
  const std::vector<Shape> shapes = node.shapes;
  const std::int64_t images = plan.images();
  const std::size_t inputs = reads.inputs, read = reads.tensors.size();
  const Tensor result = plan.buffer(dnn::plain(plan.dims(node.output)));
  std::vector<Tensor> operands = reads.tensors;
  operands.push_back(result);
  plan.run_kernel(node.name + " forward", std::move(operands),
                  [=, &layer](std::span<void* const> given, const ShardRun&) {
                    layer.forward({.images = images,
                                   .shapes = shapes,
                                   .inputs = numbers<const float>(given, 0, inputs),
                                   .parameters = numbers<const float>(given, inputs, read - inputs),
                                   .output = out(given[read])});
                  });
  plan.set_value(node.node, plan.keep(result, node.name));

  return [=, &plan, &layer, name = node.name, from = node.inputs](const Tensor& output_gradient) {
    std::vector<Tensor> all = reads.tensors;
    all.push_back(plan.plain(output_gradient, name + " gradient"));
    std::vector<std::optional<Tensor>> before;
    for (std::size_t i = 0; i < inputs; ++i) {
      before.emplace_back();
      if (!plan.needs_gradient(from[i])) continue;
      before.back() = plan.buffer(reads.tensors[i].desc);
      all.push_back(*before.back());
    }
    const std::size_t needed = all.size() - read - 1;
    for (std::size_t p = inputs; p < read; ++p) {
      all.push_back(PlanBuilder::gradient_of(reads.tensors[p]));
    }
    std::vector<bool> wanted;
    for (const auto& one : before) wanted.push_back(one.has_value());
    plan.run_kernel(
        name + " backward", std::move(all),
        [=, &layer](std::span<void* const> given, const ShardRun&) {
          std::vector<float*> of_inputs;
          std::size_t next = read + 1;
          for (const bool one : wanted) of_inputs.push_back(one ? out(given[next++]) : nullptr);
          layer.backward(
              {.images = images,
               .shapes = shapes,
               .inputs = numbers<const float>(given, 0, inputs),
               .parameters = numbers<const float>(given, inputs, read - inputs),
               .output_gradient = in(given[read]),
               .input_gradients = of_inputs,
               .parameter_gradients = numbers<float>(given, read + 1 + needed, read - inputs)});
        });
    for (std::size_t i = 0; i < inputs; ++i) {
      if (before[i]) plan.add_gradient(from[i], *before[i]);
    }
  };
}

}  // namespace ridgeline::engine
