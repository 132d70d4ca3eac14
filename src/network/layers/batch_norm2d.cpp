#include "network/layers/batch_norm2d.hpp"

#include <cmath>

namespace ridgeline {
namespace network {

BatchNorm2DSpec::BatchNorm2DSpec(const BatchNorm2D& options) : Spec(options) {
  require(options.momentum >= 0 && options.momentum < 1,
          "momentum must be at least 0 and below 1, not {}", options.momentum);
  require(options.epsilon > 0 && std::isfinite(options.epsilon),
          "epsilon must be above 0 and finite, not {}", options.epsilon);
}

Shape BatchNorm2DSpec::output_shape(std::span<const Shape> inputs) const {
  require_image(inputs[0]);
  return inputs[0];
}

std::vector<ParameterSpec> BatchNorm2DSpec::parameters(std::span<const Shape> inputs) const {
  const Shape per_channel = {inputs[0][0]};
  return {{"gamma", per_channel, Role::norm, "ones"},
          {"beta", per_channel, Role::norm, "zeros"},
          {"moving_mean", per_channel, Role::statistic, "zeros"},
          {"moving_variance", per_channel, Role::statistic, "ones"}};
}

std::optional<double> BatchNorm2DSpec::constant(double sum, std::int64_t channel,
                                                const ParameterValue& value) const {
  const double deviation = std::sqrt(value("moving_variance", channel) + options_.epsilon);
  return value("gamma", channel) * (sum - value("moving_mean", channel)) / deviation +
         value("beta", channel);
}

}  // namespace network

Layer batch_norm2d(const BatchNorm2D& options) {
  return network::make<network::BatchNorm2DSpec>(options);
}

}  // namespace ridgeline
