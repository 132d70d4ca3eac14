#pragma once

#include "network/spec.hpp"

namespace ridgeline::network {

template <>
inline constexpr auto fields<Upsample2D> = std::tuple(Field{"size", &Upsample2D::size, true},
                                                      Field{"interpolation",
                                                            &Upsample2D::interpolation});

class Upsample2DSpec final : public Spec<"upsample2d", Upsample2D> {
 public:
  explicit Upsample2DSpec(const Upsample2D& options);
  bool bilinear() const { return options_.interpolation == "bilinear"; }
  Shape output_shape(std::span<const Shape> inputs) const override;
  LayerTraits traits() const override {
    return {.channels = ChannelFlow::passes, .keeps_scale = true, .keeps_shift = true};
  }
};

}  // namespace ridgeline::network
