#include "network/layers/global_average_pool2d.hpp"

namespace ridgeline {

Shape network::GlobalAveragePool2DSpec::output_shape(std::span<const Shape> inputs) const {
  require_image(inputs[0]);
  return {inputs[0][0]};
}

Layer global_average_pool2d() {
  return network::make<network::GlobalAveragePool2DSpec>();
}

}  // namespace ridgeline
