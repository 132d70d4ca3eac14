#include "network/layers/upsample2d.hpp"

namespace ridgeline {
namespace network {

Upsample2DSpec::Upsample2DSpec(const Upsample2D& options) : Spec(options) {
  require(options.size.height >= 1 && options.size.width >= 1, "size must be at least 1, not {}x{}",
          options.size.height, options.size.width);
  require(bilinear() || options.interpolation == "nearest",
          "interpolation must be nearest or bilinear, not '{}'", options.interpolation);
}

Shape Upsample2DSpec::output_shape(std::span<const Shape> inputs) const {
  require_image(inputs[0]);
  const Pair size = options_.size;
  product({inputs[0].elements(), size.height, size.width});
  return {inputs[0][0], inputs[0][1] * size.height, inputs[0][2] * size.width};
}

}  // namespace network

Layer upsample2d(const Upsample2D& options) {
  return network::make<network::Upsample2DSpec>(options);
}

}  // namespace ridgeline
