#pragma once
// What a layer's compiler uses to lay its steps: tensors, parameters, formats, gradients.
// A step writes a buffer of its own, or changes what the step before it wrote, so that a buffer's
// life is known when the plan is done.

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/conv_algorithm.hpp"
#include "engine/memory_plan.hpp"
#include "engine/plan.hpp"
#include "ridgeline/compute.hpp"
#include "ridgeline/network.hpp"

namespace ridgeline::engine {

/// What a plan may choose; Options says what each means.
struct PlanOptions {
  ComputeOptions compute = {};
  Bf16Use bf16_use = Bf16Use::none;
  bool fused = true;
  KernelChoices choices = {};  ///< compute.kernels, read
  bool observed = false;       ///< every layer's values are summed up; for plans that are not fused
};

class PlanBuilder;

/// Lays a layer's backward steps, given the gradient of its output.
using Backward = std::function<void(const Tensor& gradient)>;

/// A node while it is compiled.
struct NodeContext {
  int node;
  const std::string& name;
  const LayerSpec& spec;
  std::vector<int> inputs;    ///< values: nodes, or Node::image
  std::vector<Shape> shapes;  ///< of the inputs, for one image
  Shape output;               ///< for one image
  std::string activation;     ///< what to apply: "linear" where the loss reads the logits
};

/// Lays a layer's forward steps, sets its value, and returns how to go back (training only).
using LayerCompiler = Backward (*)(PlanBuilder&, const NodeContext&);

class PlanBuilder {
 public:
  PlanBuilder(const Network& network, const Layout& layout, std::int64_t images, bool training,
              Head head, PlanOptions options);
  /// Lays all steps and plans the memory.
  Plan build();
  /// What may compute each convolution.
  std::vector<ConvCandidates> convolutions();

  bool training() const { return plan_.training; }
  const ComputeOptions& compute() const { return options_.compute; }
  bool fused() const { return options_.fused; }
  const KernelChoices& choices() const { return options_.choices; }
  dnnl::prop_kind kind() const;

  /// What activations and their gradients are kept as, where kernels know both; and what oneDNN's
  /// convolutions multiply, and its other steps work on.
  dnn::Type kept() const {
    return options_.compute.precision == Precision::bf16 ? dnn::bf16 : dnn::fp32;
  }
  dnn::Type multiplied() const {
    return options_.bf16_use == Bf16Use::convolutions ? kept() : dnn::fp32;
  }
  /// A value as oneDNN's other steps take it on this CPU.
  Tensor for_onednn(const Tensor& value, const std::string& name);

  std::int64_t images() const { return plan_.images; }
  dnn::Dims dims(const Shape& one_image) const;  ///< with the shard's images in front

  NodeContext context(int node) const;
  /// The node that alone reads a node's value; nothing where several do, or the loss.
  std::optional<NodeContext> only_reader(int node) const;
  /// A node that its only reader will lay.
  void leave_to_reader(int node) { values_[at(node)].left_to_reader = true; }
  bool left_to_reader(int node) const { return values_[at(node)].left_to_reader; }
  /// A node that an earlier one has laid along with itself.
  void set_compiled(int node) { values_[at(node)].compiled = true; }
  bool compiled(int node) const { return values_[at(node)].compiled; }

  /// Whether our own kernels, which go channels last, have laid a tensor of images.
  bool channels_last(const Tensor& images) const {
    const dnn::Desc& desc = images.desc;
    return fused() && desc == dnn::nhwc(dnn::dims_of(desc), dnn::type_of(desc));
  }

  // Values: what each node (or the image) gives.
  const Tensor& value(int node) const { return values_[at(node)].tensor; }
  void set_value(int node, const Tensor& tensor) { values_[at(node)].tensor = tensor; }
  bool needs_gradient(int node) const { return values_[at(node)].needs_gradient; }
  void add_gradient(int node, const Tensor& gradient);
  /// What was added so far, taken back by a step that adds it to its own; where there is any, in
  /// that layout.
  std::optional<Tensor> take_gradient(int node, const dnn::Desc& desc);

  // A ReLU fused into the step that made a value. Its backward mask may be applied by the value's
  // only reader instead (max-pooling: at pooled resolution, on less data).
  void set_fused_relu(int node, float slope) { values_[at(node)].fused_relu = slope; }
  std::optional<float> maskable_relu(int node) const;
  void set_masked(int node) { values_[at(node)].masked = true; }
  bool masked(int node) const { return values_[at(node)].masked; }

  Tensor buffer(const dnn::Desc& desc);
  /// Memory to use inside one step; a step has one such operand.
  Tensor scratch(std::size_t bytes);
  /// The same numbers in the layout and of the type `to`: the tensor itself where it is that.
  Tensor reorder(const Tensor& from, const dnn::Desc& to, const std::string& name);
  Tensor plain(const Tensor& from, const std::string& name);  ///< in fp32
  /// The sum of two tensors of one layout.
  Tensor sum(const Tensor& a, const Tensor& b, const std::string& name);
  /// A result as activations are kept.
  Tensor keep(const Tensor& result, const std::string& name);

  /// A node's parameter by its own name ("kernel"), as a plain tensor of `dims`.
  Tensor parameter(int node, std::string_view name, const dnn::Dims& dims) const;
  /// The same in the layout `to`, as a copy that is kept up to date.
  Tensor packed(const Tensor& parameter, const dnn::Desc& to);
  /// The same in a layout of our own, of `size` numbers, by `pack`.
  Tensor packed(const Tensor& parameter, std::int64_t size, std::string layout,
                std::function<void(const float* from, float* to)> pack);
  /// A copy as its description says.
  Tensor packed(Packed copy);
  /// Where the gradient of a parameter goes, plain.
  static Tensor gradient_of(const Tensor& parameter);
  /// Where a step that gives a gradient in `desc` may write it; pass the result to `deliver`.
  Tensor gradient_buffer(const Tensor& parameter, const dnn::Desc& desc);
  void deliver(const Tensor& gradient, const Tensor& parameter, const std::string& name);

  /// Leaves the gradient of a dense kernel, dy^T x, to the update pass.
  void leave_product(const Tensor& parameter, const Tensor& x, const Tensor& dy, Flops flops);

  /// A step of oneDNN's.
  template <typename PrimitiveDesc, typename Primitive>
  void run(std::string name, const PrimitiveDesc& desc, const Primitive& primitive,
           std::vector<std::pair<int, Tensor>> arguments, Flops flops = {}) {
    add_scratch(arguments, desc.scratchpad_desc());
    add_step(
        {std::move(name), desc.impl_info_str(), flops, primitive, std::move(arguments), {}, false});
  }
  /// A step of ours; `barrier_after` where the next needs every shard's.
  void run_kernel(std::string name, std::vector<Tensor> operands, Kernel kernel, Flops flops = {},
                  bool barrier_after = false);
  /// A step of ours that works by images; likewise.
  void run_by_image(std::string name, std::string implementation, std::vector<Tensor> operands,
                    Kernel kernel, Flops flops = {}, bool barrier_after = false);
  /// The step just laid does what its run's share says, in memory of its own or apart from the
  /// others'.
  void share_last_step() { plan_.steps.back().shared = true; }
  /// Doubles in every shard's exchange area; returns their offset.
  std::size_t exchange(std::size_t doubles);

 private:
  struct Value {
    Tensor tensor;
    bool needs_gradient = false;
    int readers = 0;
    std::optional<float> fused_relu;
    bool masked = false;
    bool left_to_reader = false;
    bool compiled = false;
    std::optional<Tensor> gradient;
  };
  std::size_t at(int node) const { return static_cast<std::size_t>(node + 1); }
  Tensor add_reorder(const Tensor& from, const dnn::Desc& to, const std::string& name);
  Tensor add_conversion(const Tensor& from, const dnn::Desc& to, const std::string& name);
  void find_readers();
  void add_loss();
  bool is_output(int node) const;
  void observe(int node);
  void add_scratch(std::vector<std::pair<int, Tensor>>& arguments, const dnn::Desc& scratch);
  void add_step(Step step);
  void group_steps();
  void keep_products();

  const Network& network_;
  const Layout& layout_;
  const PlanOptions options_;
  Plan plan_;
  std::vector<Value> values_;  // the image first, then one per node
  std::vector<Lifetime> buffers_;
  std::vector<bool> of_images_;  // whether a buffer is images side by side
  struct Reordered {
    Tensor from, to;
  };
  std::vector<Reordered> reordered_;
  Tensor head_gradient_;
};

/// The compiler of a kind of layer; throws UsageError where the engine has none.
LayerCompiler layer_compiler(std::string_view kind);

}  // namespace ridgeline::engine
