#pragma once
// Networks as plain values: they can be printed, compared, saved and edited, and know nothing of
// how they are computed.

#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ridgeline/layer.hpp"
#include "ridgeline/layers.hpp"
#include "ridgeline/output_spec.hpp"

namespace ridgeline {

/// An output of a layer while a graph is being written: `auto x = input(); auto y =
/// dense({...})(x);`
class Output {
 public:
  struct Source;  ///< the layer applied and the outputs it was applied to
  explicit Output(std::shared_ptr<const Source> source) : source_(std::move(source)) {}
  const std::shared_ptr<const Source>& source() const { return source_; }

 private:
  std::shared_ptr<const Source> source_;
};

/// The image that enters the network.
Output input();
Output apply(const Layer& layer, std::vector<Output> inputs);

template <typename... Outputs>
Output Layer::operator()(const Outputs&... inputs) const {
  return apply(*this, {inputs...});
}

/// A layer in its place in a network.
struct Node {
  static constexpr int image = -1;  ///< as an input: the image itself
  std::string name;                 ///< unique: "conv2d_1", or the layer's own name
  Layer layer;                      ///< in a network its own name has moved to `name`
  std::vector<int> inputs;          ///< indices of earlier nodes, or `image`
  friend bool operator==(const Node&, const Node&) = default;
};

/// Layers in an order in which each comes after its inputs. The network's output is that of the
/// last layer, or of the layers that set_outputs() names: a loss then reads several.
class Network {
 public:
  /// What the image is called where layers name their inputs.
  static constexpr std::string_view image_name = "input";

  Network() = default;
  /// A sequence: each layer takes the one before it.
  Network(std::initializer_list<Layer> layers);
  explicit Network(const std::vector<Layer>& layers);
  /// The graph that leads from `from` (an input()) to `to`, in the order in which layers are first
  /// needed, inputs from left to right. What `to` does not need is left out. Throws UsageError
  /// where `to` comes from another input.
  Network(const Output& from, const Output& to);
  /// The same with several outputs, in this order. Throws UsageError also for the same one twice.
  Network(const Output& from, const std::vector<Output>& to);
  /// Nodes as a file names them; those without a name are named by kind and order. Throws
  /// UsageError for a name used twice, an unknown input, or a wrong number of inputs.
  explicit Network(std::vector<Node> nodes);

  const std::vector<Node>& nodes() const { return nodes_; }
  bool empty() const { return nodes_.empty(); }
  /// The nodes whose outputs the network gives; the first is its main one. Named by their layers.
  std::vector<int> outputs() const;
  /// The names of these layers, where they were set; empty: the last layer alone.
  const std::vector<std::string>& output_names() const { return outputs_; }
  /// Throws UsageError for a name that no layer has, and for one named twice.
  void set_outputs(std::vector<std::string> layers);
  /// The index of the node of that name, or -1.
  int find(std::string_view name) const;
  /// The name of a node, or of the image for `Node::image`.
  std::string_view name_of(int node) const;
  /// A further layer behind the last one, or behind the named ones (`image_name`: the image).
  /// Throws UsageError for a name that is used already, or an input that there is not.
  void append(const Layer& layer, const std::vector<std::string>& inputs = {});
  /// Takes the penalties that layers have of their own out of the network: rules for those layers.
  std::vector<PenaltyRule> take_rules();

  friend bool operator==(const Network&, const Network&) = default;

 private:
  // The nodes by name, and how far the numbering of those without one has come, by kind.
  struct Names {
    std::map<std::string, int, std::less<>> places;
    std::map<std::string, int, std::less<>> numbered;
    friend bool operator==(const Names&, const Names&) { return true; }  // they follow the nodes
  };
  void name_given(int node);
  void name_by_kind(int node);

  std::vector<Node> nodes_;
  std::vector<std::string> outputs_;  // empty: the last node
  Names names_;
};

/// A parameter of a network, for a given input shape, in order of appearance.
struct Parameter {
  std::string name;  ///< "conv2d_1.kernel"
  int node;          ///< the node that owns it
  ParameterSpec spec;
};

/// A network laid out for one input shape.
struct Layout {
  Shape input;
  std::vector<Shape> outputs;               ///< one per node, for one image
  std::vector<Parameter> parameters;        ///< in order of appearance
  std::vector<std::int64_t> flops;          ///< forward, per node and image
  std::vector<OutputSpec> network_outputs;  ///< the main one first

  /// The shape of the network's main output.
  const Shape& output() const { return network_outputs.at(0).shape; }
  /// Input shapes of a node of `network`.
  std::vector<Shape> inputs_of(const Network& network, int node) const;
  /// Trainable numbers, running statistics not counted.
  std::int64_t trainable() const;
  /// Nominal floating-point operations of a training step for one image: forward, the gradient of
  /// the parameters, and that of the inputs where a layer before has parameters to train.
  std::int64_t training_flops(const Network& network) const;
};

/// Infers every shape. Throws UsageError that names the layer and the shapes where they do not
/// fit: "dense_1 (after max_pool2d_2) takes a flat input, not 64x6x6: put a flatten layer before
/// it"; also where a layer's output is used by none.
Layout infer(const Network& network, const Shape& input);

/// The penalty column of a summary: one text per parameter (empty: none).
using PenaltyTexts = std::vector<std::string>;

/// A table like Keras's: layer, output shape, parameters, in a graph the inputs, penalties where
/// there is one text per parameter, and the totals. Where 80 columns do not hold it, inputs that
/// are the row above are left out. Every line ends in '\n'. Throws as infer().
std::string summary(const Network& network, const Shape& input, const PenaltyTexts& penalties = {});
/// A table of the layers and what they are set to; the shapes need an input: summary().
std::ostream& operator<<(std::ostream& out, const Network& network);

/// A named network for `classes` classes, which ends in a softmax:
///   article-cnn  two 3x3 convolutions (32, 64) with max-pooling, dense 128
///   lenet5       LeCun et al. 1998: tanh, average pooling; its sizes on 28x28
///   mlp          dense 512, dense 256
///   mobilenet-v2 Sandler et al. 2018, width 1.0: inverted residuals
///   resnet20     He et al. 2015 for small images: 19 3x3 convolutions in residual blocks
///   resnet18, resnet34, resnet50
///                He et al. 2015 for photographs, layer by layer torchvision's
///   resnet18-small, resnet34-small, resnet50-small
///                the same for images of 64 pixels or fewer: they begin with a 3x3 convolution of
///                stride 1 and have no max-pool, so that height and width are 4 times as large
///   vgg-small    pairs of 3x3 convolutions (32, 64, 128) with max-pooling, dense 256, dropout
///   vgg11, vgg13, vgg16, vgg19, each also with -bn
///                Simonyan and Zisserman 2014, layer by layer torchvision's; -bn: with batch
///                normalisation
/// docs/networks.md has their sizes. Throws UsageError for an unknown name, with the nearest known
/// one.
Network preset(std::string_view name, std::int64_t classes);
/// Throws UsageError where the preset's windows do not fit into images of that shape, and says how
/// large images must be.
void check_preset_input(std::string_view name, const Shape& input);
std::vector<std::string> preset_names();

}  // namespace ridgeline
