#include <utility>
#include <vector>

#include "reference/layers.hpp"

namespace ridgeline::reference {
namespace {

// Calls what(n, c, oy, ox, iy, ix, pixels) for each pixel of each window of `pixels` pixels. An
// output covers [o, o + 1) * input / output. Its window has every pixel that overlaps this.
template <typename What>
void for_adaptive(Pair size, const Batch& x, What&& what) {
  const auto meets = [](std::int64_t o, std::int64_t outputs, std::int64_t i, std::int64_t inputs) {
    return i * outputs < (o + 1) * inputs && (i + 1) * outputs > o * inputs;
  };
  for (std::int64_t n = 0; n < x.images; ++n) {
    for (std::int64_t c = 0; c < x.channels; ++c) {
      for (std::int64_t oy = 0; oy < size.height; ++oy) {
        for (std::int64_t ox = 0; ox < size.width; ++ox) {
          std::vector<std::pair<std::int64_t, std::int64_t>> pixels;
          for (std::int64_t iy = 0; iy < x.height; ++iy) {
            for (std::int64_t ix = 0; ix < x.width; ++ix) {
              if (meets(oy, size.height, iy, x.height) && meets(ox, size.width, ix, x.width)) {
                pixels.emplace_back(iy, ix);
              }
            }
          }
          for (const auto& [iy, ix] : pixels) {
            what(n, c, oy, ox, iy, ix, static_cast<double>(pixels.size()));
          }
        }
      }
    }
  }
}

}  // namespace

Batch adaptive_average_pool(Pair size, const Batch& x) {
  Batch y(x.images, x.channels, size.height, size.width);
  for_adaptive(size, x, [&](auto n, auto c, auto oy, auto ox, auto iy, auto ix, double pixels) {
    y.at(n, c, oy, ox) += x.at(n, c, iy, ix) / pixels;
  });
  return y;
}

Batch adaptive_average_pool_backward(Pair size, const Batch& x, const Batch& dy) {
  Batch dx = x.like();
  for_adaptive(size, x, [&](auto n, auto c, auto oy, auto ox, auto iy, auto ix, double pixels) {
    dx.at(n, c, iy, ix) += dy.at(n, c, oy, ox) / pixels;
  });
  return dx;
}

}  // namespace ridgeline::reference
