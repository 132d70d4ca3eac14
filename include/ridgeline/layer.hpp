#pragma once
// What a layer is, apart from how it is computed: a value with a kind, attributes, a rule for
// its output's shape and the parameters that it owns. layers.hpp has the built-in ones.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ridgeline/attributes.hpp"
#include "ridgeline/penalty_rule.hpp"
#include "ridgeline/shape.hpp"

namespace ridgeline {

class Output;

/// What a parameter is for: decides the default penalty (kernels only) and its name's ending.
enum class Role {
  kernel,     ///< convolution and dense kernels: penalised by default
  bias,       ///< `exclude = ["bias"]`
  norm,       ///< scale and shift of a normalisation: `exclude = ["norm"]`
  statistic,  ///< running mean and variance: carried in the model, never trained
};

/// A parameter that a layer owns, for given input shapes.
struct ParameterSpec {
  std::string name;  ///< "kernel", "bias", "gamma", "beta", "moving_mean", ...
  Shape shape;       ///< kernels: {out, in / groups, height, width} or {out, in}
  Role role;
  std::string initializer;   ///< "glorot_uniform", "zeros", "constant(0.1)", ... (initialize.hpp)
  std::int64_t fan_in = 1;   ///< inputs that meet in one output: in / groups * height * width
  std::int64_t fan_out = 1;  ///< outputs that one input reaches: out / groups * height * width
};

/// Where an output channel of a layer comes from. Of a flat input or output each number is a
/// channel.
enum class ChannelFlow {
  opaque,   ///< nothing is known
  passes,   ///< from channels of its own: LayerSpec::sources
  mixes,    ///< a weighted sum over all channels, with a row of "kernel" for each output
  grouped,  ///< likewise over some of the channels
};

/// What the library may rely on about a layer. The defaults promise nothing, so that a layer
/// without traits is treated with care: its filters stay, and nothing is said about it.
struct LayerTraits {
  ChannelFlow channels = ChannelFlow::opaque;
  bool sums_inputs = false;  ///< the output is the sum of the inputs: one that is 0 may go
  /// Multiplying a channel of the input by a number above 0 multiplies what comes from it. Of a
  /// layer with a kernel: multiplying kernel and bias does so.
  bool keeps_scale = false;
  /// Adding a number to a channel of the input, or to the bias, adds a number to what comes from
  /// it.
  bool keeps_shift = false;
  bool normalizes = false;  ///< takes the mean and the scale out of each channel
  bool rectifies = false;   ///< max(x, 0) comes last: a unit that is 0 for every image is dead
  bool saturates = false;   ///< far from 0 its gradient vanishes, as that of sigmoid and tanh
};

/// A channel of one of a layer's inputs.
struct InputChannel {
  std::size_t input = 0;
  std::int64_t channel = 0;
  friend bool operator==(const InputChannel&, const InputChannel&) = default;
};

/// A number of one of a layer's parameters: value("bias", 3).
using ParameterValue = std::function<double(std::string_view parameter, std::int64_t index)>;

/// The definition of a layer: immutable, shared between networks.
class LayerSpec {
 public:
  virtual ~LayerSpec() = default;

  /// "conv2d", as in the experiment file and in parameter names.
  virtual std::string_view kind() const = 0;
  /// Everything the layer is set to, defaults included.
  virtual Attributes attributes() const = 0;
  /// Those of them that a reader wants to see: what is not at its default, and a kernel's size.
  virtual Attributes settings() const { return attributes(); }
  /// The shape of the output for one image (no batch dimension).
  /// Throws UsageError that says what does not fit; the caller adds the layer's name.
  virtual Shape output_shape(std::span<const Shape> inputs) const = 0;
  virtual std::vector<ParameterSpec> parameters(std::span<const Shape> inputs) const;
  /// How many inputs it takes: exactly one unless it says otherwise.
  virtual int min_inputs() const { return 1; }
  virtual int max_inputs() const { return 1; }
  /// The activation applied last ("linear" for none): what a loss asks about the output.
  virtual std::string activation() const { return "linear"; }
  /// What it adds to the objective by itself, as a summary shows it: "l2 0.01"; empty: nothing.
  virtual std::string penalty() const { return {}; }
  /// Nominal multiply-adds times two of the forward pass for one image: those of convolutions and
  /// dense layers, without their biases; 0 for all else.
  virtual std::int64_t flops(std::span<const Shape> inputs) const;

  /// By default nothing but what activation() says.
  virtual LayerTraits traits() const;
  // What drop_zero_filters asks (shrink.hpp), all of it outside training.
  /// ChannelFlow::passes: what output channel `channel` comes from. By default the channel of the
  /// same number of each input.
  virtual std::vector<InputChannel> sources(std::span<const Shape> inputs,
                                            std::int64_t channel) const;
  /// What an output channel is for every image and pixel. ChannelFlow::passes: where its sources
  /// are numbers with this sum; by default the sum. ChannelFlow::mixes: where its row of the kernel
  /// is 0, and so is the sum. Nothing where the output depends on other channels too.
  virtual std::optional<double> constant(double sum, std::int64_t channel,
                                         const ParameterValue& value) const;
  /// ChannelFlow::mixes: whether an output may see padding beside its input.
  virtual bool pads(std::span<const Shape> inputs) const;
  /// ChannelFlow::mixes: the same layer with another number of outputs. Null: it cannot be resized.
  virtual std::shared_ptr<const LayerSpec> with_outputs(std::int64_t outputs, bool use_bias) const;
};

/// A layer as a value: its definition and, optionally, a name and penalties of its own.
/// Applied to named outputs it makes a graph: `auto y = add()(x, conv2d({...})(x));` (network.hpp)
class Layer {
 public:
  explicit Layer(std::shared_ptr<const LayerSpec> spec, std::string name = {})
      : spec_(std::move(spec)), name_(std::move(name)) {}

  const LayerSpec& spec() const { return *spec_; }
  const std::string& name() const { return name_; }  ///< empty: named by kind and order
  Layer named(std::string name) const;

  /// With a penalty of its own: a rule for its kernel, or for the role that it names, before those
  /// of Regularize. Of several the later ones win. Throws UsageError where the rule has a `match`.
  ///   dense({.units = 128}).regularize({.l2 = 1e-3})
  Layer regularize(PenaltyRule rule) const;
  const std::vector<PenaltyRule>& rules() const { return rules_; }
  /// The same without them.
  Layer without_rules() const { return Layer(spec_, name_); }

  template <typename... Outputs>
  Output operator()(const Outputs&... inputs) const;  // network.hpp

  friend bool operator==(const Layer& a, const Layer& b) {
    return a.name_ == b.name_ && a.rules_ == b.rules_ && a.spec_->kind() == b.spec_->kind() &&
           a.spec_->attributes() == b.spec_->attributes();
  }

 private:
  std::shared_ptr<const LayerSpec> spec_;
  std::string name_;
  std::vector<PenaltyRule> rules_;
};

/// The layer of `kind` set to `attributes`, as the experiment and model files name it.
/// Throws UsageError for an unknown kind or attribute, with the nearest known one.
Layer make_layer(std::string_view kind, const Attributes& attributes, std::string name = {});

/// Makes a kind of layer known to make_layer: the built-in kinds are registered the same way. What
/// computes it is the engine's (CONTRIBUTING.md): without that, a Model with it throws UsageError.
/// Throws UsageError for a kind that is known already. Thread-safe.
using LayerFactory = std::shared_ptr<const LayerSpec> (*)(const Attributes&);
void register_layer(std::string kind, LayerFactory factory);

}  // namespace ridgeline
