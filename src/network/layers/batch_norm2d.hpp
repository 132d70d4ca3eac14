#pragma once

#include "network/spec.hpp"

namespace ridgeline::network {

template <>
inline constexpr auto fields<BatchNorm2D> = std::tuple(Field{"momentum", &BatchNorm2D::momentum},
                                                       Field{"epsilon", &BatchNorm2D::epsilon});

class BatchNorm2DSpec final : public Spec<"batch_norm2d", BatchNorm2D> {
 public:
  explicit BatchNorm2DSpec(const BatchNorm2D& options);
  Shape output_shape(std::span<const Shape> inputs) const override;
  /// gamma, beta, moving_mean, moving_variance, in this order.
  std::vector<ParameterSpec> parameters(std::span<const Shape> inputs) const override;
  LayerTraits traits() const override {
    return {.channels = ChannelFlow::passes, .normalizes = true};
  }
  std::optional<double> constant(double sum, std::int64_t channel,
                                 const ParameterValue& value) const override;
};

}  // namespace ridgeline::network
