// MobileNetV2 (Sandler et al., arXiv 1801.04381) of width 1.0, in torchvision's form.

#include <array>

#include "network/presets/presets.hpp"

namespace ridgeline::network {
namespace {

struct Convolution {
  std::int64_t filters = 0, kernel = 1, stride = 1, groups = 1;
};

Output normed(const Output& x, const Convolution& c) {
  const auto y = conv2d({.filters = c.filters,
                         .kernel = c.kernel,
                         .stride = c.stride,
                         .groups = c.groups,
                         .padding = Padding::pixels(c.kernel / 2),
                         .use_bias = false,
                         .kernel_initializer = "he_normal_fan_out"})(x);
  return batch_norm2d({.momentum = 0.9, .epsilon = 1e-5})(y);
}

Output relu6(const Output& x) {
  return activation("relu6")(x);
}

struct Block {
  std::int64_t expansion, filters, stride;
};

/// An inverted residual: a 1x1 convolution expands the channels, a depthwise 3x3 filters each of
/// them, and a linear 1x1 convolution projects to few channels. The shortcut joins the narrow ends.
Output inverted_residual(const Output& x, std::int64_t channels, const Block& block) {
  const std::int64_t wide = channels * block.expansion;
  auto y = block.expansion == 1 ? x : relu6(normed(x, {.filters = wide}));
  y = relu6(normed(y, {.filters = wide, .kernel = 3, .stride = block.stride, .groups = wide}));
  y = normed(y, {.filters = block.filters});
  return block.stride == 1 && channels == block.filters ? add()(x, y) : y;
}

struct Stage {
  std::int64_t expansion, filters;
  int blocks;
  std::int64_t stride;  // of the first block
};
// The paper's table 2.
constexpr std::array stages = {Stage{1, 16, 1, 1}, Stage{6, 24, 2, 2}, Stage{6, 32, 3, 2},
                               Stage{6, 64, 4, 2}, Stage{6, 96, 3, 1}, Stage{6, 160, 3, 2},
                               Stage{6, 320, 1, 1}};

}  // namespace

Network mobilenet_v2(std::int64_t classes) {
  const auto image = input();
  std::int64_t channels = 32;
  auto x = relu6(normed(image, {.filters = channels, .kernel = 3, .stride = 2}));
  for (const Stage& stage : stages) {
    for (int b = 0; b < stage.blocks; ++b) {
      x = inverted_residual(x, channels,
                            {stage.expansion, stage.filters, b == 0 ? stage.stride : 1});
      channels = stage.filters;
    }
  }
  x = global_average_pool2d()(relu6(normed(x, {.filters = 1280})));
  const auto head =
      dense({.units = classes, .activation = "softmax", .kernel_initializer = "normal(0.01)"});
  return Network(image, head(dropout({.rate = 0.2})(x)));
}

}  // namespace ridgeline::network
