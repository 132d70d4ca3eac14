#pragma once

#include "network/spec.hpp"

namespace ridgeline::network {

class FlattenSpec final : public Spec<"flatten", NoOptions> {
 public:
  using Spec::Spec;
  Shape output_shape(std::span<const Shape> inputs) const override {
    return {inputs[0].elements()};
  }
};

}  // namespace ridgeline::network
