#include "reference/layers.hpp"
#include "reference/windows.hpp"

namespace ridgeline::reference {
namespace {

// Calls visit(output indices n, o, oy, ox; channel within the group, input channel, kernel index,
// image row and column) for each product of a convolution.
template <typename F>
void for_products(const Convolution& c, const Batch& x, F visit) {
  const auto p = network::place(c.window, x.height, x.width);
  const std::int64_t in = x.channels / c.groups, out = c.filters / c.groups;
  const auto& k = c.window.kernel;
  for (std::int64_t n = 0; n < x.images; ++n) {
    for (std::int64_t o = 0; o < c.filters; ++o) {
      for (std::int64_t oy = 0; oy < p.output_height; ++oy) {
        for (std::int64_t ox = 0; ox < p.output_width; ++ox) {
          for (std::int64_t i = 0; i < in; ++i) {
            for_window(c.window, p, x.height, x.width, oy, ox,
                       [&](std::int64_t ky, std::int64_t kx, std::int64_t iy, std::int64_t ix) {
                         const auto weight = static_cast<std::size_t>(
                             ((o * in + i) * k.height + ky) * k.width + kx);
                         visit(n, o, oy, ox, o / out * in + i, weight, iy, ix);
                       });
          }
        }
      }
    }
  }
}

}  // namespace

Batch convolve(const Convolution& c, const Batch& x, const Values& kernel, const Values& bias) {
  const auto p = network::place(c.window, x.height, x.width);
  Batch y(x.images, c.filters, p.output_height, p.output_width);
  for_products(c, x, [&](auto n, auto o, auto oy, auto ox, auto i, auto weight, auto iy, auto ix) {
    y.at(n, o, oy, ox) += kernel[weight] * x.at(n, i, iy, ix);
  });
  if (bias.empty()) return y;
  for (std::size_t k = 0; k < y.data.size(); ++k) {
    y.data[k] += bias[k / static_cast<std::size_t>(y.height * y.width) % bias.size()];
  }
  return y;
}

Batch convolve_backward(const Convolution& c, const Batch& x, const Values& kernel, const Batch& dy,
                        Values& dkernel, Values& dbias) {
  Batch dx = x.like();
  dkernel.assign(kernel.size(), 0);
  dbias.assign(static_cast<std::size_t>(c.filters), 0);
  for_products(c, x, [&](auto n, auto o, auto oy, auto ox, auto i, auto weight, auto iy, auto ix) {
    dkernel[weight] += dy.at(n, o, oy, ox) * x.at(n, i, iy, ix);
    dx.at(n, i, iy, ix) += dy.at(n, o, oy, ox) * kernel[weight];
  });
  for (std::size_t k = 0; k < dy.data.size(); ++k) {
    dbias[k / static_cast<std::size_t>(dy.height * dy.width) % dbias.size()] += dy.data[k];
  }
  return dx;
}

}  // namespace ridgeline::reference
