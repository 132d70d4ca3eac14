#pragma once
// The weights of a resize along one axis.

#include <cstdint>
#include <vector>

#include "image/resize.hpp"

namespace ridgeline::image {

/// Output i is the sum of weight k of i times input[first[i] + k] over k < count[i], divided by
/// 2^shift and rounded. A weight has more than 16 bits, so it is split: high * 2^split + low.
/// Weights from count[i] on are 0. Eight zeros follow the last ones, since vectors read them.
struct Taps {
  static constexpr int shift = 22, split = 11;  // Pillow's weights have 22 binary places

  std::vector<std::int64_t> first, count;
  std::vector<std::int16_t> high, low;
  std::int64_t stride = 0;

  std::int64_t outputs() const { return static_cast<std::int64_t>(first.size()); }
  std::int32_t weight(std::int64_t output, std::int64_t k) const {
    const auto at = static_cast<std::size_t>(output * stride + k);
    return high[at] * (1 << split) + low[at];
  }
};

/// An axis of `size` inputs. The part from `start` to `start + length` becomes `outputs` outputs.
struct Axis {
  std::int64_t size = 0;
  double start = 0, length = 0;
  std::int64_t outputs = 0;
};

/// The stride becomes a multiple of `multiple`. `filter` is not nearest.
Taps taps(const Axis& axis, Filter filter, std::int64_t multiple);

/// The input under the centre of each output.
std::vector<std::int64_t> nearest_inputs(const Axis& axis);

}  // namespace ridgeline::image
