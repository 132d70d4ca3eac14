#pragma once
// Networks as plain values. They can be printed, compared, saved and edited. They do not know how
// they are computed.

#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ridgeline/layer.hpp"
#include "ridgeline/layers.hpp"
#include "ridgeline/output_spec.hpp"

namespace ridgeline {

/// An output of a layer, to build a graph with: `auto x = input(); auto y = dense({...})(x);`
class Output {
 public:
  struct Source;  ///< the layer and the outputs that it was applied to
  explicit Output(std::shared_ptr<const Source> source) : source_(std::move(source)) {}
  const std::shared_ptr<const Source>& source() const { return source_; }

 private:
  std::shared_ptr<const Source> source_;
};

/// The input of the network: the image.
Output input();
Output apply(const Layer& layer, std::vector<Output> inputs);

template <typename... Outputs>
Output Layer::operator()(const Outputs&... inputs) const {
  return apply(*this, {inputs...});
}

/// A layer of a network, with its inputs.
struct Node {
  static constexpr int image = -1;  ///< as an input: the image itself
  std::string name;                 ///< unique: "conv2d_1", or the layer's own name
  Layer layer;                      ///< without a name, which is in `name`
  std::vector<int> inputs;          ///< indices of earlier nodes, or `image`
  friend bool operator==(const Node&, const Node&) = default;
};

/// Layers in an order in which each follows its inputs. The output of the network is that of the
/// last layer. set_outputs() can name other layers, and several: then the loss reads all of them.
class Network {
 public:
  /// The name of the image as an input of a layer.
  static constexpr std::string_view image_name = "input";

  Network() = default;
  /// A sequence: the input of each layer is the layer before.
  Network(std::initializer_list<Layer> layers);
  explicit Network(const std::vector<Layer>& layers);
  /// The graph from `from`, which is an input(), to `to`. Layers are in the order in which they are
  /// first needed, with inputs from left to right. Layers that `to` does not need are left out.
  /// Throws UsageError if `to` depends on another input().
  Network(const Output& from, const Output& to);
  /// The same with several outputs, in this order. Throws UsageError also if an output is given
  /// twice.
  Network(const Output& from, const std::vector<Output>& to);
  /// From nodes, as in a file. Nodes without a name are named by kind and order. Throws UsageError
  /// for a name used twice, an unknown input, or a wrong number of inputs.
  explicit Network(std::vector<Node> nodes);

  const std::vector<Node>& nodes() const { return nodes_; }
  bool empty() const { return nodes_.empty(); }
  /// The nodes whose outputs are outputs of the network. The first is the main one. An output has
  /// the name of its layer.
  std::vector<int> outputs() const;
  /// The names given to set_outputs(). Empty: the last layer is the output.
  const std::vector<std::string>& output_names() const { return outputs_; }
  /// Throws UsageError for an unknown layer and for one named twice.
  void set_outputs(std::vector<std::string> layers);
  /// The index of the node of that name, or -1.
  int find(std::string_view name) const;
  /// The name of a node, or of the image for `Node::image`.
  std::string_view name_of(int node) const;
  /// Adds a layer after the last one, or after the named ones (`image_name`: the image). Throws
  /// UsageError for a name that is already used, or an unknown input.
  void append(const Layer& layer, const std::vector<std::string>& inputs = {});
  /// Removes the layers' own penalties from the network and returns them as rules for those layers.
  std::vector<PenaltyRule> take_rules();

  friend bool operator==(const Network&, const Network&) = default;

 private:
  // The nodes by name, and the last number that was used in the name of each kind.
  struct Names {
    std::map<std::string, int, std::less<>> places;
    std::map<std::string, int, std::less<>> numbered;
    friend bool operator==(const Names&, const Names&) {
      return true;
    }  // they follow from the nodes
  };
  void name_given(int node);
  void name_by_kind(int node);

  std::vector<Node> nodes_;
  std::vector<std::string> outputs_;  // empty: the last node
  Names names_;
};

/// A parameter of a network for a given input shape.
struct Parameter {
  std::string name;  ///< "conv2d_1.kernel"
  int node;          ///< the node that owns it
  ParameterSpec spec;
};

/// All shapes and parameters of a network for one input shape.
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
  /// The number of trainable values, without running statistics.
  std::int64_t trainable() const;
  /// Nominal floating-point operations of a training step for one image: the forward pass, the
  /// gradients of the parameters, and the gradients of inputs that depend on trained parameters.
  std::int64_t training_flops(const Network& network) const;
};

/// Infers every shape. Throws UsageError if shapes do not fit, with the layer and the shapes:
/// "dense_1 (after max_pool2d_2) takes a flat input, not 64x6x6: put a flatten layer before it".
/// Throws UsageError also if no layer uses the output of a layer.
Layout infer(const Network& network, const Shape& input);

/// The penalty column of a summary: one text for each parameter, or none.
using PenaltyTexts = std::vector<std::string>;

/// A table as in Keras: layer, output shape, parameters, inputs (of a graph), penalties (if given)
/// and totals. If it is wider than 80 columns, an input that is the row above is left out. Every
/// line ends in '\n'. Throws as infer().
std::string summary(const Network& network, const Shape& input, const PenaltyTexts& penalties = {});
/// A table of the layers and their settings. It has no shapes, because these need an input:
/// summary().
std::ostream& operator<<(std::ostream& out, const Network& network);

/// A named network for `classes` classes. It ends in a softmax.
///   article-cnn  two 3x3 convolutions (32, 64) with max-pooling, dense 128
///   lenet5       LeCun et al. 1998: tanh, average pooling; its sizes on 28x28
///   mlp          dense 512, dense 256
///   mobilenet-v2 Sandler et al. 2018, width 1.0: inverted residuals
///   resnet20     He et al. 2015 for small images: 19 3x3 convolutions in residual blocks
///   resnet18, resnet34, resnet50
///                He et al. 2015 for photographs, with the layers of torchvision's
///   resnet18-small, resnet34-small, resnet50-small
///                the same for images of up to 64 pixels: they begin with a 3x3 convolution of
///                stride 1 and have no max-pool, so height and width are 4 times as large
///   vgg-small    pairs of 3x3 convolutions (32, 64, 128) with max-pooling, dense 256, dropout
///   vgg11, vgg13, vgg16, vgg19, each also with -bn
///                Simonyan and Zisserman 2014, layer by layer torchvision's; -bn: with batch
///                normalisation
/// docs/networks.md has their sizes. Throws UsageError for an unknown name, with the nearest known
/// one.
Network preset(std::string_view name, std::int64_t classes);
/// Throws UsageError if images of that shape are too small for the preset's windows. The message
/// says how large they must be.
void check_preset_input(std::string_view name, const Shape& input);
std::vector<std::string> preset_names();

}  // namespace ridgeline
