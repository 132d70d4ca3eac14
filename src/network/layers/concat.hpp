#pragma once

#include <limits>

#include "network/spec.hpp"

namespace ridgeline::network {

class ConcatSpec final : public Spec<"concat", NoOptions> {
 public:
  using Spec::Spec;
  Shape output_shape(std::span<const Shape> inputs) const override;
  int min_inputs() const override { return 2; }
  int max_inputs() const override { return std::numeric_limits<int>::max(); }
  LayerTraits traits() const override {
    return {.channels = ChannelFlow::passes, .keeps_scale = true, .keeps_shift = true};
  }
  std::vector<InputChannel> sources(std::span<const Shape> inputs,
                                    std::int64_t channel) const override;
};

}  // namespace ridgeline::network
