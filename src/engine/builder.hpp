#pragma once
// The compilers of layers use this class to add their steps: it has tensors, parameters, layouts
// and gradients. A step writes its own buffer or changes the buffer of the step before it. So the
// lifetimes of all buffers are known when the plan is complete.

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

/// The settings that a plan depends on. Options explains them.
struct PlanOptions {
  ComputeOptions compute = {};
  Bf16Use bf16_use = Bf16Use::none;
  bool fused = true;
  KernelChoices choices = {};  ///< from compute.kernels
  bool observed = false;       ///< sums up every layer's values; only without `fused`
};

class PlanBuilder;

/// Adds a layer's backward steps, given the gradient of its output.
using Backward = std::function<void(const Tensor& gradient)>;

/// A node while it is compiled.
struct NodeContext {
  int node;
  const std::string& name;
  const LayerSpec& spec;
  std::vector<int> inputs;    ///< values: nodes, or Node::image
  std::vector<Shape> shapes;  ///< of the inputs, for one image
  Shape output;               ///< for one image
  std::string activation;     ///< to apply; "linear" if the loss reads the logits
};

/// Adds a layer's forward steps, sets its value, and returns the function for its backward steps
/// (training only).
using LayerCompiler = Backward (*)(PlanBuilder&, const NodeContext&);

class PlanBuilder {
 public:
  PlanBuilder(const Network& network, const Layout& layout, std::int64_t images, bool training,
              Head head, PlanOptions options);
  /// Adds all steps and plans the memory.
  Plan build();
  /// All convolutions with their possible algorithms.
  std::vector<ConvCandidates> convolutions();

  bool training() const { return plan_.training; }
  const ComputeOptions& compute() const { return options_.compute; }
  bool fused() const { return options_.fused; }
  const KernelChoices& choices() const { return options_.choices; }
  dnnl::prop_kind kind() const;

  /// `kept` is the type in which activations and their gradients are kept, and in which oneDNN's
  /// other steps compute. `multiplied` is the type in which oneDNN's convolutions multiply.
  dnn::Type kept() const {
    return options_.compute.precision == Precision::bf16 ? dnn::bf16 : dnn::fp32;
  }
  dnn::Type multiplied() const {
    return options_.bf16_use == Bf16Use::convolutions ? kept() : dnn::fp32;
  }
  /// A value in the type that oneDNN's other steps take on this CPU.
  Tensor for_onednn(const Tensor& value, const std::string& name);

  std::int64_t images() const { return plan_.images; }
  dnn::Dims dims(const Shape& one_image) const;  ///< with the shard's images in front

  NodeContext context(int node) const;
  /// The only reader of a node's value. Absent if several nodes or the loss read it.
  std::optional<NodeContext> only_reader(int node) const;
  /// Lets the only reader of a node compile the node, too.
  void leave_to_reader(int node) { values_[at(node)].left_to_reader = true; }
  bool left_to_reader(int node) const { return values_[at(node)].left_to_reader; }
  /// Marks a node that was compiled together with an earlier one.
  void set_compiled(int node) { values_[at(node)].compiled = true; }
  bool compiled(int node) const { return values_[at(node)].compiled; }

  /// Whether a tensor of images is channels last, as our own kernels write it.
  bool channels_last(const Tensor& images) const {
    const dnn::Desc& desc = images.desc;
    return fused() && desc == dnn::nhwc(dnn::dims_of(desc), dnn::type_of(desc));
  }

  // Values: what each node (or the image) gives.
  const Tensor& value(int node) const { return values_[at(node)].tensor; }
  void set_value(int node, const Tensor& tensor) { values_[at(node)].tensor = tensor; }
  bool needs_gradient(int node) const { return values_[at(node)].needs_gradient; }
  void add_gradient(int node, const Tensor& gradient);
  /// Removes and returns the sum of the gradients so far, in that layout, for a step that adds it
  /// to its own result. Absent if there is none.
  std::optional<Tensor> take_gradient(int node, const dnn::Desc& desc);

  // A ReLU that is fused into the step of a value. The only reader of the value may apply its
  // backward mask instead: a max-pool does so at pooled resolution, on less data.
  void set_fused_relu(int node, float slope) { values_[at(node)].fused_relu = slope; }
  std::optional<float> maskable_relu(int node) const;
  void set_masked(int node) { values_[at(node)].masked = true; }
  bool masked(int node) const { return values_[at(node)].masked; }

  Tensor buffer(const dnn::Desc& desc);
  /// Memory for use inside one step. A step has one such operand.
  Tensor scratch(std::size_t bytes);
  /// The same numbers in the layout and type `to`. Returns the tensor itself if nothing changes.
  Tensor reorder(const Tensor& from, const dnn::Desc& to, const std::string& name);
  Tensor plain(const Tensor& from, const std::string& name);  ///< in fp32
  /// The sum of two tensors of one layout.
  Tensor sum(const Tensor& a, const Tensor& b, const std::string& name);
  /// A result in the type in which activations are kept.
  Tensor keep(const Tensor& result, const std::string& name);

  /// A node's parameter by its own name ("kernel"), as a plain tensor of `dims`.
  Tensor parameter(int node, std::string_view name, const dnn::Dims& dims) const;
  /// The same in the layout `to`: a copy that is kept up to date.
  Tensor packed(const Tensor& parameter, const dnn::Desc& to);
  /// The same in our own layout of `size` numbers, which `pack` writes.
  Tensor packed(const Tensor& parameter, std::int64_t size, std::string layout,
                std::function<void(const float* from, float* to)> pack);
  /// A copy with this description.
  Tensor packed(Packed copy);
  /// The gradient of a parameter, in its plain layout.
  static Tensor gradient_of(const Tensor& parameter);
  /// A tensor for a step that writes a gradient in the layout `desc`. Pass it to `deliver`
  /// afterwards.
  Tensor gradient_buffer(const Tensor& parameter, const dnn::Desc& desc);
  void deliver(const Tensor& gradient, const Tensor& parameter, const std::string& name);

  /// Lets the update pass compute the gradient of a dense kernel, dy^T x.
  void leave_product(const Tensor& parameter, const Tensor& x, const Tensor& dy, Flops flops);

  /// A step of oneDNN's.
  template <typename PrimitiveDesc, typename Primitive>
  void run(std::string name, const PrimitiveDesc& desc, const Primitive& primitive,
           std::vector<std::pair<int, Tensor>> arguments, Flops flops = {}) {
    add_scratch(arguments, desc.scratchpad_desc());
    add_step(
        {std::move(name), desc.impl_info_str(), flops, primitive, std::move(arguments), {}, false});
  }
  /// A step of ours. `barrier_after`: the next step needs the results of all shards.
  void run_kernel(std::string name, std::vector<Tensor> operands, Kernel kernel, Flops flops = {},
                  bool barrier_after = false);
  /// A step of ours that works image by image.
  void run_by_image(std::string name, std::string implementation, std::vector<Tensor> operands,
                    Kernel kernel, Flops flops = {}, bool barrier_after = false);
  /// Threads may share the last step: each computes the part in ShardRun::share, in separate
  /// memory.
  void share_last_step() { plan_.steps.back().shared = true; }
  /// Reserves doubles in every shard's exchange area and returns their offset.
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
  std::vector<bool> of_images_;  // whether a buffer is a sequence of images
  struct Reordered {
    Tensor from, to;
  };
  std::vector<Reordered> reordered_;
  Tensor head_gradient_;
};

/// The compiler of a layer. Throws UsageError if the engine has none for its kind.
LayerCompiler layer_compiler(const LayerSpec& spec);

}  // namespace ridgeline::engine
