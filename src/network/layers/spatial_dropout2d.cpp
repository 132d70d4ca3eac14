#include "network/layers/spatial_dropout2d.hpp"

namespace ridgeline {

network::SpatialDropout2DSpec::SpatialDropout2DSpec(const SpatialDropout2D& options)
    : Spec(options) {
  require(options.rate >= 0 && options.rate < 1, "rate must be at least 0 and below 1, not {}",
          options.rate);
}

Layer spatial_dropout2d(const SpatialDropout2D& options) {
  return network::make<network::SpatialDropout2DSpec>(options);
}

}  // namespace ridgeline
