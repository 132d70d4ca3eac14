#pragma once

#include "network/spec.hpp"

namespace ridgeline::network {

template <>
inline constexpr auto fields<Dense> = std::tuple(
    Field{"units", &Dense::units}, Field{"activation", &Dense::activation},
    Field{"use_bias", &Dense::use_bias}, Field{"kernel_initializer", &Dense::kernel_initializer},
    Field{"bias_initializer", &Dense::bias_initializer});

class DenseSpec final : public Spec<"dense", Dense> {
 public:
  explicit DenseSpec(Dense options);
  Shape output_shape(std::span<const Shape> inputs) const override;
  std::vector<ParameterSpec> parameters(std::span<const Shape> inputs) const override;
  std::string activation() const override { return options_.activation; }
  std::int64_t flops(std::span<const Shape> inputs) const override;
  LayerTraits traits() const override;
  std::optional<double> constant(double sum, std::int64_t channel,
                                 const ParameterValue& value) const override;
  std::shared_ptr<const LayerSpec> with_outputs(std::int64_t outputs, bool use_bias) const override;
};

}  // namespace ridgeline::network
