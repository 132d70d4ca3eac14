#pragma once

#include "network/spec.hpp"

namespace ridgeline::network {

template <>
inline constexpr auto fields<AdaptivePool2D> = std::tuple(Field{"size", &AdaptivePool2D::size,
                                                                true});

class AdaptiveAveragePool2DSpec final : public Spec<"adaptive_average_pool2d", AdaptivePool2D> {
 public:
  explicit AdaptiveAveragePool2DSpec(const AdaptivePool2D& options);
  Shape output_shape(std::span<const Shape> inputs) const override;
  LayerTraits traits() const override {
    return {.channels = ChannelFlow::passes, .keeps_scale = true, .keeps_shift = true};
  }
};

}  // namespace ridgeline::network
