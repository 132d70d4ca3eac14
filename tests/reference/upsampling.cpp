#include <algorithm>
#include <cmath>

#include "reference/layers.hpp"

namespace ridgeline::reference {
namespace {

// The places where an output coordinate reads its input: two of them, and the share of the second.
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

}  // namespace ridgeline::reference
