#pragma once
// A batch normalisation, and a ReLU behind it, are one step; so is the addition of a residual
// network's shortcut between the two.

#include <optional>

#include "engine/builder.hpp"

namespace ridgeline::engine {

/// What ends in the ReLU of node `activation`.
struct NormIntoRelu {
  NodeContext norm;
  std::optional<NodeContext> add;
  int shortcut = Node::image;  ///< what else is added
};
/// What an activation node computes beside itself; nothing where that is nothing.
std::optional<NormIntoRelu> norm_into_relu(const PlanBuilder& plan, const NodeContext& activation);
/// Whether a normalisation, or an addition behind one, is computed with the ReLU behind it.
bool goes_into_relu(const PlanBuilder& plan, const NodeContext& node);

/// At inference a convolution takes the normalisation behind it, and perhaps the ReLU behind that,
/// into its kernel and bias.
class FoldedNorm {
 public:
  /// Of the convolution `conv`, where it may: nothing else reads it, and no shortcut is added.
  static std::optional<FoldedNorm> of(const PlanBuilder& plan, const NodeContext& conv);
  const std::string& activation() const { return activation_; }
  /// Copies of the kernel in another layout, and of the bias.
  Tensor kernel(PlanBuilder& plan, const Tensor& kernel, Packed copy) const;
  Tensor bias(PlanBuilder& plan, const std::optional<Tensor>& bias) const;
  /// The convolution's result is the value of all that it took.
  void finish(PlanBuilder& plan, const Tensor& result) const;

 private:
  std::string name_, activation_ = "linear";
  std::vector<int> nodes_;
  float epsilon_ = 0;
  Tensor gamma_, beta_, mean_, variance_;
};

/// Lays all of it, in the place of the activation.
Backward compile_norm_into_relu(PlanBuilder& plan, const NormIntoRelu& nodes,
                                const NodeContext& activation);

}  // namespace ridgeline::engine
