#pragma once
// A layer as a value: a kind, attributes, a rule for the shape of its output, and parameters. It
// does not know how it is computed. layers.hpp has the built-in layers.

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

/// The role of a parameter. By default only kernels are penalised.
enum class Role {
  kernel,     ///< convolution and dense kernels: penalised by default
  bias,       ///< `exclude = ["bias"]`
  norm,       ///< scale and shift of a normalisation: `exclude = ["norm"]`
  statistic,  ///< running mean and variance: saved with the model, never trained
};

/// A parameter of a layer for given input shapes.
struct ParameterSpec {
  std::string name;  ///< "kernel", "bias", "gamma", "beta", "moving_mean", ...
  Shape shape;       ///< kernels: {out, in / groups, height, width} or {out, in}
  Role role;
  std::string initializer;   ///< "glorot_uniform", "zeros", "constant(0.1)", ... (initialize.hpp)
  std::int64_t fan_in = 1;   ///< inputs of one output: in / groups * height * width
  std::int64_t fan_out = 1;  ///< outputs of one input: out / groups * height * width
};

/// How the output channels of a layer depend on its input channels. Each number of a flat input or
/// output is a channel.
enum class ChannelFlow {
  opaque,   ///< nothing is known
  passes,   ///< each depends on certain input channels: LayerSpec::sources
  mixes,    ///< a weighted sum over all channels, with a row of "kernel" for each output
  grouped,  ///< the same over some of the channels
};

/// Properties of a layer that the library may rely on. The defaults promise nothing. The filters of
/// a layer without traits are never removed, and no verdict is given about it.
struct LayerTraits {
  ChannelFlow channels = ChannelFlow::opaque;
  /// The output is the sum of the inputs: an input of zeros can be removed.
  bool sums_inputs = false;
  /// If an input channel is multiplied by a positive number, the outputs that depend on it are
  /// multiplied, too. For a layer with a kernel: if kernel and bias are multiplied.
  bool keeps_scale = false;
  /// If a number is added to an input channel or to the bias, a number is added to the outputs that
  /// depend on it.
  bool keeps_shift = false;
  bool normalizes = false;  ///< removes mean and scale of each channel
  bool rectifies = false;   ///< ends in max(x, 0): a unit that is 0 for every image is dead
  bool saturates = false;   ///< its gradient vanishes far from 0, as with sigmoid and tanh
};

/// A channel of one of a layer's inputs.
struct InputChannel {
  std::size_t input = 0;
  std::int64_t channel = 0;
  friend bool operator==(const InputChannel&, const InputChannel&) = default;
};

/// Reads one number of a layer's parameters: value("bias", 3).
using ParameterValue = std::function<double(std::string_view parameter, std::int64_t index)>;

/// The definition of a layer: immutable, shared between networks.
class LayerSpec {
 public:
  virtual ~LayerSpec() = default;

  /// The name in the experiment file and in parameter names: "conv2d".
  virtual std::string_view kind() const = 0;
  /// All settings of the layer, also those at their defaults.
  virtual Attributes attributes() const = 0;
  /// The settings that a summary shows: those not at their defaults, and the size of a kernel.
  virtual Attributes settings() const { return attributes(); }
  /// The shape of the output for one image (no batch dimension).
  /// Throws UsageError that says what does not fit. The caller adds the layer's name to the
  /// message.
  virtual Shape output_shape(std::span<const Shape> inputs) const = 0;
  virtual std::vector<ParameterSpec> parameters(std::span<const Shape> inputs) const;
  /// The number of inputs: exactly one by default.
  virtual int min_inputs() const { return 1; }
  virtual int max_inputs() const { return 1; }
  /// The activation that is applied last; "linear" for none. Losses check it.
  virtual std::string activation() const { return "linear"; }
  /// The penalty that the layer itself adds to the objective, as text for a summary: "l2 0.01".
  /// Empty: none.
  virtual std::string penalty() const { return {}; }
  /// Nominal operations of the forward pass for one image: two for each multiply-add of a
  /// convolution or dense layer, without the bias; 0 for all other layers.
  virtual std::int64_t flops(std::span<const Shape> inputs) const;

  /// The default has only the traits that follow from activation().
  virtual LayerTraits traits() const;
  // For drop_zero_filters (shrink.hpp). All of these are about the layer outside training.
  /// ChannelFlow::passes: the input channels that output channel `channel` depends on. Default: the
  /// channel with the same number of each input.
  virtual std::vector<InputChannel> sources(std::span<const Shape> inputs,
                                            std::int64_t channel) const;
  /// The constant value of an output channel, the same for every image and pixel.
  /// ChannelFlow::passes: if its sources are constants with this sum; default: the sum.
  /// ChannelFlow::mixes: if its row of the kernel is 0; then `sum` is 0, too. Empty if the output
  /// depends on other channels, too.
  virtual std::optional<double> constant(double sum, std::int64_t channel,
                                         const ParameterValue& value) const;
  /// ChannelFlow::mixes: whether an output may depend on padding as well as on its input.
  virtual bool pads(std::span<const Shape> inputs) const;
  /// ChannelFlow::mixes: the same layer with another number of outputs. Null if it cannot be
  /// resized.
  virtual std::shared_ptr<const LayerSpec> with_outputs(std::int64_t outputs, bool use_bias) const;
};

/// A layer: its definition and, optionally, a name and its own penalties. Applied to outputs,
/// layers form a graph: `auto y = add()(x, conv2d({...})(x));` (network.hpp)
class Layer {
 public:
  explicit Layer(std::shared_ptr<const LayerSpec> spec, std::string name = {})
      : spec_(std::move(spec)), name_(std::move(name)) {}

  const LayerSpec& spec() const { return *spec_; }
  /// Empty: the network names it by kind and order.
  const std::string& name() const { return name_; }
  Layer named(std::string name) const;

  /// The same layer with a penalty of its own. The rule applies to the layer's kernel, or to the
  /// parameters of the rule's `role`. Rules of Regularize come after it, and later rules win.
  /// Throws UsageError if the rule has a `match`.
  ///   dense({.units = 128}).regularize({.l2 = 1e-3})
  Layer regularize(PenaltyRule rule) const;
  const std::vector<PenaltyRule>& rules() const { return rules_; }
  /// The same layer without its rules.
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

/// Makes a layer from the names that experiment and model files use. Throws UsageError for an
/// unknown kind or attribute, with the nearest known one.
Layer make_layer(std::string_view kind, const Attributes& attributes, std::string name = {});

/// Adds a kind of layer to make_layer; the built-in kinds are registered in the same way. The
/// engine also needs code that computes it (CONTRIBUTING.md); without it, a Model with such a layer
/// throws UsageError. Throws UsageError if the kind is already known. Thread-safe.
using LayerFactory = std::shared_ptr<const LayerSpec> (*)(const Attributes&);
void register_layer(std::string kind, LayerFactory factory);

}  // namespace ridgeline
