#pragma once

#include "network/spec.hpp"

namespace ridgeline::network {

class FlattenSpec final : public Spec<"flatten", NoOptions> {
 public:
  using Spec::Spec;
  Shape output_shape(std::span<const Shape> inputs) const override {
    return {inputs[0].elements()};
  }
  LayerTraits traits() const override {
    return {.channels = ChannelFlow::passes, .keeps_scale = true, .keeps_shift = true};
  }
  std::vector<InputChannel> sources(std::span<const Shape> inputs,
                                    std::int64_t channel) const override {
    return {{0, channel / (inputs[0].elements() / inputs[0][0])}};
  }
};

}  // namespace ridgeline::network
