#include <cmath>

#include "reference/layers.hpp"

namespace ridgeline::reference {

void batch_statistics(const Batch& x, Values& mean, Values& variance) {
  const auto channels = static_cast<std::size_t>(x.channels);
  const auto pixels = static_cast<std::size_t>(x.height * x.width);
  const double count = static_cast<double>(x.images) * static_cast<double>(pixels);
  mean.assign(channels, 0);
  variance.assign(channels, 0);
  for (std::size_t k = 0; k < x.data.size(); ++k) mean[k / pixels % channels] += x.data[k] / count;
  for (std::size_t k = 0; k < x.data.size(); ++k) {
    variance[k / pixels % channels] += std::pow(x.data[k] - mean[k / pixels % channels], 2) / count;
  }
}

Batch normalise(const BatchNorm& bn, const Batch& x) {
  Batch y = x.like();
  const auto pixels = static_cast<std::size_t>(x.height * x.width);
  for (std::size_t k = 0; k < x.data.size(); ++k) {
    const std::size_t c = k / pixels % bn.gamma.size();
    y.data[k] = bn.gamma[c] * (x.data[k] - bn.mean[c]) / std::sqrt(bn.variance[c] + bn.epsilon) +
                bn.beta[c];
  }
  return y;
}

Batch normalise_backward(const BatchNorm& bn, const Batch& x, const Batch& dy, Values& dgamma,
                         Values& dbeta) {
  const std::size_t channels = bn.gamma.size();
  const auto pixels = static_cast<std::size_t>(x.height * x.width);
  const double count = static_cast<double>(x.images) * static_cast<double>(pixels);
  dgamma.assign(channels, 0);
  dbeta.assign(channels, 0);
  const auto hat = [&](std::size_t k, std::size_t c) {
    return (x.data[k] - bn.mean[c]) / std::sqrt(bn.variance[c] + bn.epsilon);
  };
  for (std::size_t k = 0; k < x.data.size(); ++k) {
    const std::size_t c = k / pixels % channels;
    dbeta[c] += dy.data[k];
    dgamma[c] += dy.data[k] * hat(k, c);
  }
  Batch dx = x.like();
  for (std::size_t k = 0; k < x.data.size(); ++k) {
    const std::size_t c = k / pixels % channels;
    dx.data[k] = bn.gamma[c] / std::sqrt(bn.variance[c] + bn.epsilon) *
                 (dy.data[k] - dbeta[c] / count - hat(k, c) * dgamma[c] / count);
  }
  return dx;
}

}  // namespace ridgeline::reference
