#include "network/layers/normalize.hpp"

#include <cmath>

namespace ridgeline {
namespace network {

NormalizeSpec::NormalizeSpec(Normalize options) : Spec(std::move(options)) {
  const auto& [mean, deviation] = options_;
  require(!mean.empty() && mean.size() == deviation.size(),
          "mean and std must have one number per channel each, not {} and {}", mean.size(),
          deviation.size());
  for (std::size_t i = 0; i < mean.size(); ++i) {
    require(std::isfinite(mean[i]), "mean must be finite, not {}", mean[i]);
    require(std::isfinite(deviation[i]) && deviation[i] > 0,
            "std must be above 0 and finite, not {}", deviation[i]);
  }
}

Shape NormalizeSpec::output_shape(std::span<const Shape> inputs) const {
  require_image(inputs[0]);
  require(inputs[0][0] == static_cast<std::int64_t>(options_.mean.size()),
          "has a mean and std for {} channels, which does not fit {}", options_.mean.size(),
          inputs[0].text());
  return inputs[0];
}

}  // namespace network

Layer normalize(const Normalize& options) {
  return network::make<network::NormalizeSpec>(options);
}

}  // namespace ridgeline
