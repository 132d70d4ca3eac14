#pragma once

#include "network/spec.hpp"

namespace ridgeline::network {

template <>
inline constexpr auto fields<GaussianNoise> = std::tuple(Field{"stddev", &GaussianNoise::stddev,
                                                               true});

class GaussianNoiseSpec final : public Spec<"gaussian_noise", GaussianNoise> {
 public:
  explicit GaussianNoiseSpec(const GaussianNoise& options);
  Shape output_shape(std::span<const Shape> inputs) const override { return inputs[0]; }
  LayerTraits traits() const override { return {.channels = ChannelFlow::passes}; }
};

}  // namespace ridgeline::network
