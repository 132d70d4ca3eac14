#pragma once
// The kernel and bias that a convolution computes with. At inference the batch normalisation after
// it is folded into them, and the ReLU after that is applied, too.

#include <optional>

#include "engine/builder.hpp"

namespace ridgeline::engine {

class ConvParameters {
 public:
  ConvParameters(PlanBuilder& plan, const NodeContext& conv, const dnn::Dims& kernel_dims);

  const Tensor& kernel() const { return kernel_; }               ///< plain, as in training
  const std::optional<Tensor>& bias() const { return bias_; }    ///< to compute with
  const std::string& activation() const { return activation_; }  ///< of the result
  /// The kernel to compute with, in the layout `to`.
  Tensor copy(const dnn::Desc& to) const;
  /// The same in our own layout of `size` numbers, which `pack` writes.
  Tensor copy(std::int64_t size, std::string layout,
              std::function<void(const float* from, float* to)> pack) const;
  /// If other layers are folded in, makes `result` the value of all of them and returns true.
  bool finish(const Tensor& result) const;

 private:
  void take_norm(const NodeContext& conv, const NodeContext& norm);
  Tensor folded(Packed copy) const;

  PlanBuilder& plan_;
  Tensor kernel_;
  std::optional<Tensor> bias_;
  std::string activation_;
  std::string norm_;  // its name; empty: none
  float epsilon_ = 0;
  Tensor gamma_, variance_;
  std::vector<int> nodes_;  // the folded layers, whose value is the result
};

}  // namespace ridgeline::engine
