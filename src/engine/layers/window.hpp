#pragma once
// The windows of convolutions and poolings in oneDNN's terms.

#include "engine/onednn.hpp"
#include "network/padding.hpp"

namespace ridgeline::engine {

inline dnn::Window onednn_window(const network::Window& window, const Shape& input) {
  const network::Placement p = network::place(window, input[1], input[2]);
  return {{window.kernel.height, window.kernel.width},
          {window.stride.height, window.stride.width},
          {window.dilation.height, window.dilation.width},
          {p.top, p.left},
          {p.bottom, p.right}};
}

}  // namespace ridgeline::engine
