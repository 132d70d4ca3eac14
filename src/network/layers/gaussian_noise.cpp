#include "network/layers/gaussian_noise.hpp"

#include <cmath>

namespace ridgeline {

network::GaussianNoiseSpec::GaussianNoiseSpec(const GaussianNoise& options) : Spec(options) {
  require(options.stddev > 0 && std::isfinite(options.stddev),
          "stddev must be above 0 and finite, not {}", options.stddev);
}

Layer gaussian_noise(const GaussianNoise& options) {
  return network::make<network::GaussianNoiseSpec>(options);
}

}  // namespace ridgeline
