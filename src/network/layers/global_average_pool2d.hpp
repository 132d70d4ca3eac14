#pragma once

#include "network/spec.hpp"

namespace ridgeline::network {

class GlobalAveragePool2DSpec final : public Spec<"global_average_pool2d", NoOptions> {
 public:
  using Spec::Spec;
  Shape output_shape(std::span<const Shape> inputs) const override;
  LayerTraits traits() const override {
    return {.channels = ChannelFlow::passes, .keeps_scale = true, .keeps_shift = true};
  }
};

}  // namespace ridgeline::network
