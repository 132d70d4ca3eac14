#include "engine/builder.hpp"

#include <algorithm>
#include <cassert>
#include <set>
#include <utility>

#include "engine/layers/conv_algorithms.hpp"
#include "engine/layers/conv_pool_shape.hpp"
#include "network/check.hpp"
#include "network/parameters.hpp"

namespace ridgeline::engine {

PlanBuilder::PlanBuilder(const Network& network, const Layout& layout, std::int64_t images,
                         bool training, Head head, PlanOptions options)
    : network_(network), layout_(layout), options_(options), values_(network.nodes().size() + 1) {
  plan_.images = images;
  plan_.training = training;
  plan_.head = head;
}

dnnl::prop_kind PlanBuilder::kind() const {
  return training() ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
}

dnn::Dims PlanBuilder::dims(const Shape& one_image) const {
  return one_image.with_batch(images()).dims();
}

void PlanBuilder::find_readers() {
  const auto& nodes = network_.nodes();
  for (const auto& parameter : layout_.parameters) {
    values_[at(parameter.node)].needs_gradient = true;
  }
  for (int n = 0; n < static_cast<int>(nodes.size()); ++n) {
    for (const int input : nodes[static_cast<std::size_t>(n)].inputs) {
      ++values_[at(input)].readers;
      if (needs_gradient(input)) values_[at(n)].needs_gradient = true;
    }
  }
  // The loss reads the outputs. If a layer reads one, too, it must not become logits.
  for (const OutputSpec& output : layout_.network_outputs) {
    int& readers = values_[at(output.node)].readers;
    const bool has_logits = output.activation == "softmax" || output.activation == "sigmoid";
    require(readers == 0 || !has_logits,
            "{} is an output of the network that ends in {}, and a layer reads it: give "
            "the activation to a layer of its own",
            output.name, output.activation);
    ++readers;
  }
}

NodeContext PlanBuilder::context(int node) const {
  const auto& n = network_.nodes()[static_cast<std::size_t>(node)];
  std::string activation = n.layer.spec().activation();
  const bool has_logits = activation == "softmax" || activation == "sigmoid";
  if (is_output(node) && plan_.head == Head::logits && has_logits) activation = "linear";
  return {node,
          n.name,
          n.layer.spec(),
          n.inputs,
          layout_.inputs_of(network_, node),
          layout_.outputs[static_cast<std::size_t>(node)],
          std::move(activation)};
}

bool PlanBuilder::is_output(int node) const {
  return std::ranges::find(layout_.network_outputs, node, &OutputSpec::node) !=
         layout_.network_outputs.end();
}

std::optional<NodeContext> PlanBuilder::only_reader(int node) const {
  if (values_[at(node)].readers != 1) return std::nullopt;
  const auto& nodes = network_.nodes();
  for (int n = node + 1; n < static_cast<int>(nodes.size()); ++n) {
    const auto& inputs = nodes[static_cast<std::size_t>(n)].inputs;
    if (std::ranges::find(inputs, node) != inputs.end()) return context(n);
  }
  return std::nullopt;
}

Plan PlanBuilder::build() {
  find_readers();
  set_value(Node::image, {dnn::plain(dims(layout_.input)), Space::input, 0});
  const int count = static_cast<int>(network_.nodes().size());
  std::vector<Backward> backward;
  for (int node = 0; node < count; ++node) {
    const NodeContext c = context(node);
    backward.push_back(layer_compiler(c.spec)(*this, c));
    if (options_.observed) observe(node);
  }
  add_loss();
  for (int node = count - 1; training() && node >= 0; --node) {
    auto& value = values_[at(node)];
    if (value.needs_gradient && value.gradient) {
      backward[static_cast<std::size_t>(node)](*value.gradient);
    }
  }
  keep_products();
  for (const auto& buffer : buffers_) plan_.unplanned_bytes += buffer.bytes;
  group_steps();
  const MemoryPlan memory = plan_memory(buffers_);
  plan_.offsets = memory.offsets;
  plan_.arena_bytes = memory.bytes;
  return std::move(plan_);
}

std::vector<ConvCandidates> PlanBuilder::convolutions() {
  find_readers();
  std::vector<ConvCandidates> all;
  for (int node = 0; node < static_cast<int>(network_.nodes().size()); ++node) {
    const NodeContext c = context(node);
    if (c.spec.kind() != "conv2d") continue;
    all.push_back(
        {c.name, node, fits_pool(*this, c), needs_gradient(c.inputs[0]), algorithms_for(*this, c)});
  }
  return all;
}

void PlanBuilder::add_loss() {
  struct Output {
    OutputSpec spec;
    std::size_t size;  // numbers, for all images
  };
  std::vector<Output> outputs;
  std::vector<Tensor> operands;
  for (const OutputSpec& spec : layout_.network_outputs) {
    operands.push_back(plain(value(spec.node), spec.name + " output"));
    outputs.push_back({spec, static_cast<std::size_t>(dnn::elements(operands.back().desc))});
  }
  for (std::size_t o = 0; training() && o < outputs.size(); ++o) {
    const Tensor gradient = buffer(operands[o].desc);
    operands.push_back(gradient);
    add_gradient(outputs[o].spec.node, gradient);
  }
  run_kernel("loss", std::move(operands),
             [outputs](std::span<void* const> operands, const ShardRun& run) {
               Tensors values;
               std::vector<std::span<float>> gradients;
               for (std::size_t o = 0; o < outputs.size(); ++o) {
                 const auto& [spec, size] = outputs[o];
                 const std::span given{static_cast<const float*>(operands[o]), size};
                 if (o < run.values.size()) std::ranges::copy(given, run.values[o]);
                 if (run.loss == nullptr) continue;
                 values.add(TensorView(spec.name, given, spec.shape));
                 if (operands.size() == outputs.size()) continue;
                 gradients.emplace_back(static_cast<float*>(operands[outputs.size() + o]), size);
               }
               if (run.loss == nullptr) return;
               *run.loss_sum = run.loss->evaluate(values, run.targets, run.loss_scale, gradients);
             });
}

std::optional<float> PlanBuilder::maskable_relu(int node) const {
  const Value& value = values_[at(node)];
  return value.readers == 1 ? value.fused_relu : std::nullopt;
}

void PlanBuilder::add_gradient(int node, const Tensor& gradient) {
  auto& total = values_[at(node)].gradient;
  if (!total) {
    total = gradient;
    return;
  }
  const std::string name = network_.nodes()[static_cast<std::size_t>(node)].name + " gradient";
  total = sum(*total, reorder(gradient, total->desc, name), name);
}

std::optional<Tensor> PlanBuilder::take_gradient(int node, const dnn::Desc& desc) {
  auto& total = values_[at(node)].gradient;
  return total && total->desc == desc ? std::exchange(total, std::nullopt) : std::nullopt;
}

Tensor PlanBuilder::buffer(const dnn::Desc& desc) {
  buffers_.push_back({desc.get_size(), -1, -1});
  const dnn::Dims dims = dnn::dims_of(desc);
  of_images_.push_back(dims.size() > 1 && dims[0] == images());
  return {desc, Space::arena, buffers_.size() - 1};
}

Tensor PlanBuilder::parameter(int node, std::string_view name, const dnn::Dims& dims) const {
  for (const Parameter& parameter : network::parameters_of(layout_, node)) {
    if (parameter.spec.name != name) continue;
    const auto place = &parameter - layout_.parameters.data();
    return {dnn::plain(dims), Space::weights, static_cast<std::size_t>(place)};
  }
  assert(false && "a layer's compiler asked for a parameter that the layer does not own");
  return {};
}

Tensor PlanBuilder::packed(const Tensor& parameter, const dnn::Desc& to) {
  return parameter.desc == to ? parameter : packed({parameter.index, parameter.desc, to, "", {}});
}

Tensor PlanBuilder::packed(const Tensor& parameter, std::int64_t size, std::string layout,
                           std::function<void(const float* from, float* to)> pack) {
  return packed(
      {parameter.index, parameter.desc, dnn::plain({size}), std::move(layout), std::move(pack)});
}

Tensor PlanBuilder::packed(Packed copy) {
  const auto found =
      std::ranges::find_if(plan_.packed, [&](const Packed& p) { return same_copy(p, copy); });
  const auto index = static_cast<std::size_t>(found - plan_.packed.begin());
  const dnn::Desc to = copy.to;
  if (found == plan_.packed.end()) plan_.packed.push_back(std::move(copy));
  return {to, Space::packed, index};
}

Tensor PlanBuilder::gradient_of(const Tensor& parameter) {
  return {parameter.desc, Space::gradient, parameter.index};
}

Tensor PlanBuilder::gradient_buffer(const Tensor& parameter, const dnn::Desc& desc) {
  return desc == parameter.desc ? gradient_of(parameter) : buffer(desc);
}

void PlanBuilder::deliver(const Tensor& gradient, const Tensor& parameter,
                          const std::string& name) {
  if (gradient.space == Space::gradient) return;
  const auto desc = dnn::reorder(gradient.desc, parameter.desc);
  run(name + " gradient reorder", desc, dnnl::reorder(desc),
      {{DNNL_ARG_FROM, gradient}, {DNNL_ARG_TO, gradient_of(parameter)}});
}

void PlanBuilder::leave_product(const Tensor& parameter, const Tensor& x, const Tensor& dy,
                                Flops flops) {
  const dnn::Dims dims = dnn::dims_of(parameter.desc);
  plan_.products.push_back({parameter.index, x, dy, dims[1], dims[0], flops});
}

void PlanBuilder::run_kernel(std::string name, std::vector<Tensor> operands, Kernel kernel,
                             Flops flops, bool barrier_after) {
  std::vector<std::pair<int, Tensor>> arguments;
  for (auto& operand : operands) {
    arguments.emplace_back(static_cast<int>(arguments.size()), std::move(operand));
  }
  add_step({std::move(name),
            "ridgeline",
            flops,
            {},
            std::move(arguments),
            std::move(kernel),
            barrier_after});
}

void PlanBuilder::run_by_image(std::string name, std::string implementation,
                               std::vector<Tensor> operands, Kernel kernel, Flops flops,
                               bool barrier_after) {
  run_kernel(std::move(name), std::move(operands), std::move(kernel), flops, barrier_after);
  plan_.steps.back().implementation = std::move(implementation);
  plan_.steps.back().by_image = true;
}

// Neighbouring steps that work by images become a group. The buffers of its steps live as long as
// the group. A buffer that only the group uses holds only the images that it computes at a time.
void PlanBuilder::group_steps() {
  constexpr std::size_t cache_bytes = 256 << 10;  // about a quarter of a core's second level
  plan_.image_bytes.assign(buffers_.size(), 0);
  for (std::size_t first = 0; first < plan_.steps.size();) {
    std::size_t last = first;
    while (plan_.steps[last].by_image && !plan_.steps[last].barrier_after &&
           last + 1 < plan_.steps.size() && plan_.steps[last + 1].by_image) {
      ++last;
    }
    std::set<std::size_t> used;
    for (std::size_t s = first; s <= last; ++s) {
      for (const auto& [argument, tensor] : plan_.steps[s].arguments) {
        if (tensor.space == Space::arena) used.insert(tensor.index);
      }
    }
    std::size_t bytes = 1;
    for (const std::size_t buffer : used) bytes += buffers_[buffer].bytes;
    const std::int64_t fit =
        static_cast<std::int64_t>(cache_bytes) * images() / static_cast<std::int64_t>(bytes);
    const std::int64_t at_once =
        first == last ? images() : std::clamp<std::int64_t>(fit, 1, images());
    plan_.steps[first].group = last - first + 1;
    for (std::size_t s = first; s <= last; ++s) plan_.steps[s].images_at_once = at_once;
    for (const std::size_t buffer : used) {
      Lifetime& life = buffers_[buffer];
      const int begin = static_cast<int>(first), end = static_cast<int>(last);
      if (of_images_[buffer] && at_once < images() && life.first >= begin && life.last <= end) {
        plan_.image_bytes[buffer] = life.bytes / static_cast<std::size_t>(images());
        life.bytes = plan_.image_bytes[buffer] * static_cast<std::size_t>(at_once);
        continue;
      }
      life.first = std::min(life.first, begin);
      life.last = std::max(life.last, end);
    }
    first = last + 1;
  }
}

// Buffers that the update pass reads live until after the last step.
void PlanBuilder::keep_products() {
  for (const ProductGradient& product : plan_.products) {
    for (const Tensor& tensor : {product.x, product.dy}) {
      if (tensor.space != Space::arena) continue;
      buffers_[tensor.index].last = static_cast<int>(plan_.steps.size());
    }
  }
}

std::size_t PlanBuilder::exchange(std::size_t doubles) {
  plan_.exchange += doubles;
  return plan_.exchange - doubles;
}

Tensor PlanBuilder::scratch(std::size_t bytes) {
  plan_.scratch_bytes = std::max(plan_.scratch_bytes, (bytes + 63) / 64 * 64);
  const auto size = static_cast<std::int64_t>(bytes);
  return {dnn::Desc({size}, dnnl::memory::data_type::u8, dnn::Tag::a), Space::scratch, 0};
}

void PlanBuilder::add_scratch(std::vector<std::pair<int, Tensor>>& arguments,
                              const dnn::Desc& scratch) {
  if (scratch.get_size() == 0) return;
  plan_.scratch_bytes = std::max(plan_.scratch_bytes, scratch.get_size());
  arguments.emplace_back(DNNL_ARG_SCRATCHPAD, Tensor{scratch, Space::scratch, 0});
}

void PlanBuilder::add_step(Step step) {
  const int now = static_cast<int>(plan_.steps.size());
  for (const auto& [argument, tensor] : step.arguments) {
    if (tensor.space != Space::arena) continue;
    Lifetime& life = buffers_[tensor.index];
    if (life.first < 0) life.first = now;
    life.last = now;
  }
  plan_.steps.push_back(std::move(step));
}

}  // namespace ridgeline::engine
