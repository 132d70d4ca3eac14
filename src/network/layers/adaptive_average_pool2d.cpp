#include "network/layers/adaptive_average_pool2d.hpp"

namespace ridgeline {
namespace network {

AdaptiveAveragePool2DSpec::AdaptiveAveragePool2DSpec(const AdaptivePool2D& options)
    : Spec(options) {
  require(options.size.height >= 1 && options.size.width >= 1, "size must be at least 1, not {}x{}",
          options.size.height, options.size.width);
}

Shape AdaptiveAveragePool2DSpec::output_shape(std::span<const Shape> inputs) const {
  require_image(inputs[0]);
  const Pair size = options_.size;
  product({inputs[0][0], size.height, size.width});
  return {inputs[0][0], size.height, size.width};
}

}  // namespace network

Layer adaptive_average_pool2d(const AdaptivePool2D& options) {
  return network::make<network::AdaptiveAveragePool2DSpec>(options);
}

}  // namespace ridgeline
