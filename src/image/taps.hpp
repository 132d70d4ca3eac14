#pragma once
// The weights of a resize along one axis.

#include <cstdint>
#include <vector>

#include "image/resize.hpp"

namespace ridgeline::image {

/// Output i is the sum of weights[i * stride + k] * input[first[i] + k] over k < count[i], divided
/// by 2^shift. Weights from count[i] on are 0, and eight zeros follow the last ones, which vectors
/// read.
struct Taps {
  std::vector<std::int64_t> first, count;
  std::vector<std::int16_t> weights;
  std::int64_t stride = 0;
  int shift = 0;

  std::int64_t outputs() const { return static_cast<std::int64_t>(first.size()); }
  const std::int16_t* of(std::int64_t output) const { return weights.data() + output * stride; }
};

/// An axis of `size` inputs, the part from `start` to `start + length` of which becomes `outputs`.
struct Axis {
  std::int64_t size = 0;
  double start = 0, length = 0;
  std::int64_t outputs = 0;
};

/// `multiple`: what the stride is a multiple of. `filter` is not nearest.
Taps taps(const Axis& axis, Filter filter, std::int64_t multiple);

/// The input under the centre of each output.
std::vector<std::int64_t> nearest_inputs(const Axis& axis);

}  // namespace ridgeline::image
