#pragma once
// The kernel and bias that a convolution computes with. At inference it takes the batch
// normalisation behind it, and the ReLU behind that, into them.

#include <optional>

#include "engine/builder.hpp"

namespace ridgeline::engine {

class ConvParameters {
 public:
  ConvParameters(PlanBuilder& plan, const NodeContext& conv, const dnn::Dims& kernel_dims);

  const Tensor& kernel() const { return kernel_; }               ///< plain, as it is trained
  const std::optional<Tensor>& bias() const { return bias_; }    ///< to compute with
  const std::string& activation() const { return activation_; }  ///< of what they give
  /// The kernel to compute with, in the layout `to`.
  Tensor copy(const dnn::Desc& to) const;
  /// The same in a layout of our own, of `size` numbers, by `pack`.
  Tensor copy(std::int64_t size, std::string layout,
              std::function<void(const float* from, float* to)> pack) const;
  /// Where other layers were taken along, makes `result` the value of all, and is true.
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
  std::vector<int> nodes_;  // whose value the result is, where there is a normalisation
};

}  // namespace ridgeline::engine
