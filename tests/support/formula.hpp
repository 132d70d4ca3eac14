#pragma once
// Numbers from a formula, the same as in tools/golden/make_networks.py. So weights of whole
// networks need no file.

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "ridgeline/network.hpp"

namespace ridgeline::golden {

/// `count` numbers in [-1, 1): a hash of (index, stream).
inline std::vector<double> drawn(std::size_t count, std::uint32_t stream) {
  std::vector<double> numbers(count);
  for (std::size_t k = 0; k < count; ++k) {
    std::uint32_t h = static_cast<std::uint32_t>(k) * 2654435761U + stream * 40503U;
    h ^= h >> 15;
    h *= 2246822519U;
    h ^= h >> 13;
    numbers[k] = static_cast<double>(h >> 8) / (1 << 23) - 1;
  }
  return numbers;
}

/// The weights of the `stream`th parameter of a network.
inline std::vector<float> formula_weights(const ParameterSpec& spec, std::uint32_t stream) {
  const auto count = static_cast<std::size_t>(spec.shape.elements());
  const bool matrix = spec.shape.rank() > 1;
  const bool around_one = spec.name == "gamma" || spec.name == "moving_variance";
  const double scale =
      matrix ? std::sqrt(6.0 * static_cast<double>(spec.shape[0]) / static_cast<double>(count))
             : 0.25;
  std::vector<float> weights;
  for (const double u : drawn(count, stream)) {
    weights.push_back(static_cast<float>((around_one ? 1 : 0) + scale * u));
  }
  return weights;
}

}  // namespace ridgeline::golden
