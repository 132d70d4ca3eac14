#pragma once

#include "network/spec.hpp"

namespace ridgeline::network {

template <>
inline constexpr auto fields<Dropout> = std::tuple(Field{"rate", &Dropout::rate, true});

class DropoutSpec final : public Spec<"dropout", Dropout> {
 public:
  explicit DropoutSpec(const Dropout& options);
  Shape output_shape(std::span<const Shape> inputs) const override { return inputs[0]; }
  LayerTraits traits() const override {
    return {.channels = ChannelFlow::passes, .keeps_scale = true, .keeps_shift = true};
  }
};

}  // namespace ridgeline::network
