#pragma once
// The windows of convolutions and pools.

#include "network/padding.hpp"

namespace ridgeline::reference {

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

}  // namespace ridgeline::reference
