#include <algorithm>
#include <cmath>
#include <numbers>

#include "network/activation.hpp"
#include "reference/layers.hpp"

namespace ridgeline::reference {

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

// A ReLU gives 0 even for infinite negative numbers. NaN goes through it.
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
