#include "network/layers/pool2d.hpp"

namespace ridgeline {
namespace network {

Window pool_window(const Pool2D& options) {
  const Pair stride = options.stride == Pair(0) ? options.window : options.stride;
  const Window window{options.window, stride, 1, options.padding};
  require(options.window.height >= 1 && options.window.width >= 1,
          "window must be at least 1, not {}x{}", options.window.height, options.window.width);
  check(window);
  const Padding& p = options.padding;
  require(std::max(p.top, p.bottom) < window.kernel.height &&
              std::max(p.left, p.right) < window.kernel.width,
          "padding must be smaller than the window of {}x{}", window.kernel.height,
          window.kernel.width);
  return window;
}

}  // namespace network

Layer max_pool2d(const Pool2D& options) {
  return network::make<network::MaxPool2DSpec>(options);
}

Layer average_pool2d(const Pool2D& options) {
  return network::make<network::AveragePool2DSpec>(options);
}

}  // namespace ridgeline
