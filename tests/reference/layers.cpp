#include "reference/layers.hpp"

#include <cmath>
#include <numbers>

#include "network/activation.hpp"

namespace ridgeline::reference {
namespace {

// Calls visit(y, x, window position, image row, image column) for each pixel that a window meets.
template <typename F>
void for_window(const network::Window& w, const network::Placement& p, std::int64_t height,
                std::int64_t width, std::int64_t oy, std::int64_t ox, F visit) {
  for (std::int64_t ky = 0; ky < w.kernel.height; ++ky) {
    for (std::int64_t kx = 0; kx < w.kernel.width; ++kx) {
      const std::int64_t y = oy * w.stride.height + ky * w.dilation.height - p.top;
      const std::int64_t x = ox * w.stride.width + kx * w.dilation.width - p.left;
      if (y >= 0 && x >= 0 && y < height && x < width) visit(ky, kx, y, x);
    }
  }
}

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

template <typename F>
void for_pool(const network::Window& w, const Batch& x, F visit) {
  const auto p = network::place(w, x.height, x.width);
  for (std::int64_t n = 0; n < x.images; ++n) {
    for (std::int64_t c = 0; c < x.channels; ++c) {
      for (std::int64_t oy = 0; oy < p.output_height; ++oy) {
        for (std::int64_t ox = 0; ox < p.output_width; ++ox) visit(p, n, c, oy, ox);
      }
    }
  }
}

struct Maximum {
  double value = -std::numeric_limits<double>::infinity();
  double second = value;
  std::int64_t y = 0, x = 0;
};

Maximum maximum(const network::Window& w, const network::Placement& p, const Batch& x,
                std::int64_t n, std::int64_t c, std::int64_t oy, std::int64_t ox) {
  Maximum best;
  for_window(w, p, x.height, x.width, oy, ox,
             [&](std::int64_t, std::int64_t, std::int64_t iy, std::int64_t ix) {
               const double v = x.at(n, c, iy, ix);
               if (v > best.value || std::isnan(v)) {
                 best = {v, best.value, iy, ix};
               } else if (v > best.second) {
                 best.second = v;
               }
             });
  return best;
}

Batch pooled_like(const network::Window& w, const Batch& x) {
  const auto p = network::place(w, x.height, x.width);
  return Batch(x.images, x.channels, p.output_height, p.output_width);
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

Batch max_pool(const network::Window& w, const Batch& x, Margin& margin) {
  Batch y = pooled_like(w, x);
  for_pool(w, x, [&](const auto& p, auto n, auto c, auto oy, auto ox) {
    const Maximum m = maximum(w, p, x, n, c, oy, ox);
    // Equal numbers are a kink of their own, except at a ReLU's zero: there no gradient flows.
    if (m.value != 0 || m.second != 0) margin.meet(m.value - m.second);
    y.at(n, c, oy, ox) = m.value;
  });
  return y;
}

Batch max_pool_backward(const network::Window& w, const Batch& x, const Batch& dy) {
  Batch dx = x.like();
  for_pool(w, x, [&](const auto& p, auto n, auto c, auto oy, auto ox) {
    const Maximum m = maximum(w, p, x, n, c, oy, ox);
    dx.at(n, c, m.y, m.x) += dy.at(n, c, oy, ox);
  });
  return dx;
}

Batch average_pool(const network::Window& w, const Batch& x) {
  Batch y = pooled_like(w, x);
  for_pool(w, x, [&](const auto& p, auto n, auto c, auto oy, auto ox) {
    double sum = 0, count = 0;
    for_window(w, p, x.height, x.width, oy, ox, [&](auto, auto, auto iy, auto ix) {
      sum += x.at(n, c, iy, ix);
      ++count;
    });
    y.at(n, c, oy, ox) = sum / count;
  });
  return y;
}

Batch average_pool_backward(const network::Window& w, const Batch& x, const Batch& dy) {
  Batch dx = x.like();
  for_pool(w, x, [&](const auto& p, auto n, auto c, auto oy, auto ox) {
    double count = 0;
    for_window(w, p, x.height, x.width, oy, ox, [&](auto, auto, auto, auto) { ++count; });
    for_window(w, p, x.height, x.width, oy, ox, [&](auto, auto, auto iy, auto ix) {
      dx.at(n, c, iy, ix) += dy.at(n, c, oy, ox) / count;
    });
  });
  return dx;
}

namespace {

// Where an output coordinate reads its input: two places, and the share of the second.
struct Reads {
  std::int64_t first, second;
  double share;
};
Reads reads(std::int64_t output, std::int64_t size, bool bilinear, std::int64_t inputs) {
  if (!bilinear) return {output / size, output / size, 0};
  const double at = (static_cast<double>(output) + 0.5) / static_cast<double>(size) - 0.5;
  const auto below = static_cast<std::int64_t>(std::floor(at));
  return {std::clamp<std::int64_t>(below, 0, inputs - 1),
          std::clamp<std::int64_t>(below + 1, 0, inputs - 1), at - static_cast<double>(below)};
}

// Calls what(n, c, oy, ox, iy, ix, weight) for each number that an output is made of.
template <typename What>
void for_upsampled(Pair size, bool bilinear, const Batch& x, What&& what) {
  for (std::int64_t n = 0; n < x.images; ++n) {
    for (std::int64_t c = 0; c < x.channels; ++c) {
      for (std::int64_t oy = 0; oy < size.height * x.height; ++oy) {
        const Reads row = reads(oy, size.height, bilinear, x.height);
        for (std::int64_t ox = 0; ox < size.width * x.width; ++ox) {
          const Reads column = reads(ox, size.width, bilinear, x.width);
          what(n, c, oy, ox, row.first, column.first, (1 - row.share) * (1 - column.share));
          what(n, c, oy, ox, row.first, column.second, (1 - row.share) * column.share);
          what(n, c, oy, ox, row.second, column.first, row.share * (1 - column.share));
          what(n, c, oy, ox, row.second, column.second, row.share * column.share);
        }
      }
    }
  }
}

}  // namespace

Batch upsample(Pair size, bool bilinear, const Batch& x) {
  Batch y(x.images, x.channels, size.height * x.height, size.width * x.width);
  for_upsampled(size, bilinear, x,
                [&](auto n, auto c, auto oy, auto ox, auto iy, auto ix, double w) {
                  y.at(n, c, oy, ox) += w * x.at(n, c, iy, ix);
                });
  return y;
}

Batch upsample_backward(Pair size, bool bilinear, const Batch& x, const Batch& dy) {
  Batch dx = x.like();
  for_upsampled(size, bilinear, x,
                [&](auto n, auto c, auto oy, auto ox, auto iy, auto ix, double w) {
                  dx.at(n, c, iy, ix) += w * dy.at(n, c, oy, ox);
                });
  return dx;
}

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

double activity_penalty(double l2, double l1, const Batch& a) {
  double sum = 0;
  for (const double v : a.data) sum += l2 / 2 * v * v + l1 * std::abs(v);
  return sum;
}

Batch activity_gradient(double l2, double l1, const Batch& a) {
  Batch gradient = a;
  for (double& v : gradient.data) v = l2 * v + l1 * (v > 0 ? 1 : v < 0 ? -1 : 0);
  return gradient;
}

namespace {

using Kind = network::Activation::Kind;

// A ReLU's 0, of an infinite number too; NaN goes through it.
double sloped(const network::Activation& a, double x) {
  return a.slope == 0 ? 0 : a.slope * x;
}

double value_of(const network::Activation& a, double x) {
  switch (a.kind) {
    case Kind::relu:
    case Kind::leaky_relu:
      return x < 0 ? sloped(a, x) : x;
    case Kind::relu6:
      return x < 0 ? 0 : x > 6 ? 6 : x;
    case Kind::sigmoid:
      return 1 / (1 + std::exp(-x));
    case Kind::tanh:
      return std::tanh(x);
    case Kind::gelu:
      return x * (1 + std::erf(x / std::numbers::sqrt2)) / 2;
    case Kind::silu:
      return x / (1 + std::exp(-x));
    default:
      return x;
  }
}

bool kinked(const network::Activation& a) {
  return a.kind == Kind::relu || a.kind == Kind::relu6 || a.kind == Kind::leaky_relu;
}

double slope_of(const network::Activation& a, double x) {
  const double s = 1 / (1 + std::exp(-x));
  switch (a.kind) {
    case Kind::sigmoid:
      return s * (1 - s);
    case Kind::tanh:
      return 1 - std::tanh(x) * std::tanh(x);
    case Kind::gelu:
      return (1 + std::erf(x / std::numbers::sqrt2)) / 2 +
             x * std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
    case Kind::silu:
      return s * (1 + x * (1 - s));
    default:
      return 1;
  }
}

Batch softmax(const Batch& x) {
  Batch y = x.like();
  for (std::int64_t n = 0; n < x.images; ++n) {
    for (std::int64_t h = 0; h < x.height; ++h) {
      for (std::int64_t w = 0; w < x.width; ++w) {
        double highest = x.at(n, 0, h, w), sum = 0;
        for (std::int64_t c = 0; c < x.channels; ++c) {
          highest = std::max(highest, x.at(n, c, h, w));
        }
        for (std::int64_t c = 0; c < x.channels; ++c) sum += std::exp(x.at(n, c, h, w) - highest);
        for (std::int64_t c = 0; c < x.channels; ++c) {
          y.at(n, c, h, w) = std::exp(x.at(n, c, h, w) - highest) / sum;
        }
      }
    }
  }
  return y;
}

}  // namespace

Batch activate(const std::string& text, const Batch& x, Margin& margin) {
  const auto a = network::parse_activation(text);
  if (a.kind == Kind::softmax) return softmax(x);
  Batch y = x.like();
  for (std::size_t k = 0; k < x.data.size(); ++k) {
    if (kinked(a) && x.data[k] != 0) margin.meet(std::abs(x.data[k]));  // a zero is a ReLU's own
    if (a.kind == Kind::relu6 && x.data[k] != 6) margin.meet(std::abs(x.data[k] - 6));
    y.data[k] = value_of(a, x.data[k]);
  }
  return y;
}

Batch activate_backward(const std::string& text, const Batch& x, const Batch& dy) {
  const auto a = network::parse_activation(text);
  Batch dx = x.like();
  if (a.kind != Kind::softmax) {
    for (std::size_t k = 0; k < x.data.size(); ++k) {
      const double v = x.data[k], g = dy.data[k];
      dx.data[k] = !kinked(a) ? g * slope_of(a, v) : v <= 0 ? sloped(a, g) : g;
      if (a.kind == Kind::relu6 && v >= 6) dx.data[k] = 0;
    }
    return dx;
  }
  const Batch y = softmax(x);
  for (std::int64_t n = 0; n < x.images; ++n) {
    for (std::int64_t h = 0; h < x.height; ++h) {
      for (std::int64_t w = 0; w < x.width; ++w) {
        double dot = 0;
        for (std::int64_t c = 0; c < x.channels; ++c) dot += y.at(n, c, h, w) * dy.at(n, c, h, w);
        for (std::int64_t c = 0; c < x.channels; ++c) {
          dx.at(n, c, h, w) = y.at(n, c, h, w) * (dy.at(n, c, h, w) - dot);
        }
      }
    }
  }
  return dx;
}

}  // namespace ridgeline::reference
