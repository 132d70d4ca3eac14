#pragma once

#include "network/spec.hpp"

namespace ridgeline::network {

template <>
inline constexpr auto fields<SpatialDropout2D> = std::tuple(Field{"rate", &SpatialDropout2D::rate,
                                                                  true});

class SpatialDropout2DSpec final : public Spec<"spatial_dropout2d", SpatialDropout2D> {
 public:
  explicit SpatialDropout2DSpec(const SpatialDropout2D& options);
  Shape output_shape(std::span<const Shape> inputs) const override {
    require_image(inputs[0]);
    return inputs[0];
  }
  LayerTraits traits() const override {
    return {.channels = ChannelFlow::passes, .keeps_scale = true, .keeps_shift = true};
  }
};

}  // namespace ridgeline::network
