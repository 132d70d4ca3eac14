#pragma once
// Layers in double precision by their definitions, in plain loops over NCHW. The engine is compared
// with them. They are slow, and were written independently of it.

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "network/padding.hpp"

namespace ridgeline::reference {

using Values = std::vector<double>;

/// A batch of images or, with height and width 1, of rows of numbers.
struct Batch {
  std::int64_t images = 0, channels = 0, height = 1, width = 1;
  Values data;

  Batch() = default;
  Batch(std::int64_t n, std::int64_t c, std::int64_t h, std::int64_t w)
      : images(n),
        channels(c),
        height(h),
        width(w),
        data(static_cast<std::size_t>(n * c * h * w)) {}
  double& at(std::int64_t n, std::int64_t c, std::int64_t h, std::int64_t w) {
    return data[static_cast<std::size_t>(((n * channels + c) * height + h) * width + w)];
  }
  double at(std::int64_t n, std::int64_t c, std::int64_t h, std::int64_t w) const {
    return const_cast<Batch&>(*this).at(n, c, h, w);
  }
  Batch like() const { return Batch(images, channels, height, width); }
};

/// How close a computation came to a kink: the smallest difference between the two largest numbers
/// of a max-pool window, and the smallest |input| of a ReLU.
struct Margin {
  double smallest = std::numeric_limits<double>::infinity();
  void meet(double distance) { smallest = distance < smallest ? distance : smallest; }
};

struct Convolution {
  network::Window window;
  std::int64_t filters = 0, groups = 1;
};
Batch convolve(const Convolution& c, const Batch& x, const Values& kernel, const Values& bias);
Batch convolve_backward(const Convolution& c, const Batch& x, const Values& kernel, const Batch& dy,
                        Values& dkernel, Values& dbias);

Batch max_pool(const network::Window& window, const Batch& x, Margin& margin);
Batch max_pool_backward(const network::Window& window, const Batch& x, const Batch& dy);
Batch average_pool(const network::Window& window, const Batch& x);
Batch average_pool_backward(const network::Window& window, const Batch& x, const Batch& dy);

/// By whole factors: the nearest pixel, or bilinear between pixels' centres, the border repeated.
Batch adaptive_average_pool(Pair size, const Batch& x);
Batch adaptive_average_pool_backward(Pair size, const Batch& x, const Batch& dy);
Batch upsample(Pair size, bool bilinear, const Batch& x);
Batch upsample_backward(Pair size, bool bilinear, const Batch& x, const Batch& dy);

Batch dense(const Batch& x, const Values& kernel, const Values& bias, std::int64_t units);
Batch dense_backward(const Batch& x, const Values& kernel, const Batch& dy, Values& dkernel,
                     Values& dbias);

struct BatchNorm {
  double epsilon;
  Values gamma, beta;
  Values mean, variance;  ///< used; in training the batch's own
};
void batch_statistics(const Batch& x, Values& mean, Values& variance);
Batch normalise(const BatchNorm& bn, const Batch& x);
/// The gradient if mean and variance are the batch's own.
Batch normalise_backward(const BatchNorm& bn, const Batch& x, const Batch& dy, Values& dgamma,
                         Values& dbeta);

/// The sum over the batch of l2/2 a^2 + l1 |a|, and its gradient.
double activity_penalty(double l2, double l1, const Batch& a);
Batch activity_gradient(double l2, double l1, const Batch& a);

/// By name, as layers.hpp lists them; softmax over channels.
Batch activate(const std::string& activation, const Batch& x, Margin& margin);
Batch activate_backward(const std::string& activation, const Batch& x, const Batch& dy);

}  // namespace ridgeline::reference
