#pragma once

#include <limits>

#include "network/spec.hpp"

namespace ridgeline::network {

class AddSpec final : public Spec<"add", NoOptions> {
 public:
  using Spec::Spec;
  Shape output_shape(std::span<const Shape> inputs) const override;
  int min_inputs() const override { return 2; }
  int max_inputs() const override { return std::numeric_limits<int>::max(); }
  LayerTraits traits() const override {
    return {.channels = ChannelFlow::passes, .sums_inputs = true};
  }
};

}  // namespace ridgeline::network
