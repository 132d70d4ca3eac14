#pragma once
// What Adam and similar optimisers share: averages of the gradient and of its square.

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "ridgeline/parallel.hpp"

namespace ridgeline::optimize {

/// m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
/// step = (rate * m + direct * g) / (root * sqrt(v) + epsilon)
/// metric = steady / (root * sqrt(v) + epsilon), if there is one
struct Moments {
  double beta1, beta2;
  double rate = 0, direct = 0, steady = 0;
  double root = 1, epsilon = 0;
};

/// A run of weights, as in Optimizer::step.
struct Run {
  std::size_t count;
  const float* gradient;
  float* const* slots;  ///< m and v
  float* step;
  float* metric;
};

void moment_step(const Moments& moments, const Run& run);
/// The same for a long run, shared between threads.
void moment_step(const Parallel& parallel, const Moments& moments, const Run& run);

/// Adam's: lr m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon).
template <typename Options>
Moments adam_moments(const Options& options, double learning_rate, std::int64_t step) {
  const auto t = static_cast<double>(step);
  return {.beta1 = options.beta1,
          .beta2 = options.beta2,
          .rate = learning_rate / (1 - std::pow(options.beta1, t)),
          .steady = learning_rate,
          .root = 1 / std::sqrt(1 - std::pow(options.beta2, t)),
          .epsilon = options.epsilon};
}

}  // namespace ridgeline::optimize
