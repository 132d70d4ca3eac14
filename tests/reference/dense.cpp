#include "reference/layers.hpp"

namespace ridgeline::reference {

Batch dense(const Batch& x, const Values& kernel, const Values& bias, std::int64_t units) {
  Batch y(x.images, units, 1, 1);
  for (std::int64_t n = 0; n < x.images; ++n) {
    for (std::int64_t o = 0; o < units; ++o) {
      double sum = bias.empty() ? 0 : bias[static_cast<std::size_t>(o)];
      for (std::int64_t i = 0; i < x.channels; ++i) {
        sum += x.at(n, i, 0, 0) * kernel[static_cast<std::size_t>(o * x.channels + i)];
      }
      y.at(n, o, 0, 0) = sum;
    }
  }
  return y;
}

Batch dense_backward(const Batch& x, const Values& kernel, const Batch& dy, Values& dkernel,
                     Values& dbias) {
  Batch dx = x.like();
  dkernel.assign(kernel.size(), 0);
  dbias.assign(static_cast<std::size_t>(dy.channels), 0);
  for (std::int64_t n = 0; n < x.images; ++n) {
    for (std::int64_t o = 0; o < dy.channels; ++o) {
      const double d = dy.at(n, o, 0, 0);
      dbias[static_cast<std::size_t>(o)] += d;
      for (std::int64_t i = 0; i < x.channels; ++i) {
        const auto w = static_cast<std::size_t>(o * x.channels + i);
        dkernel[w] += d * x.at(n, i, 0, 0);
        dx.at(n, i, 0, 0) += d * kernel[w];
      }
    }
  }
  return dx;
}

}  // namespace ridgeline::reference
