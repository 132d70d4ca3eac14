#include <array>

#include "network/presets/presets.hpp"

namespace ridgeline::network {
namespace {

struct Convolution {
  std::int64_t filters = 0, kernel = 3, stride = 1;
  std::string initializer = "he_normal_fan_out";  // as torchvision's
};

/// A convolution without bias, and its batch normalisation with PyTorch's defaults.
Output normed(const Output& x, const Convolution& c) {
  const auto y = conv2d({.filters = c.filters,
                         .kernel = c.kernel,
                         .stride = c.stride,
                         .padding = Padding::pixels(c.kernel / 2),
                         .use_bias = false,
                         .kernel_initializer = c.initializer})(x);
  return batch_norm2d({.momentum = 0.9, .epsilon = 1e-5})(y);
}

Output relu(const Output& x) {
  return activation("relu")(x);
}

Output basic_block(const Output& x, std::int64_t filters, std::int64_t stride) {
  return normed(relu(normed(x, {.filters = filters, .stride = stride})), {.filters = filters});
}

/// The stride is in the 3x3 convolution ("version 1.5"); the paper has it in the first 1x1.
Output bottleneck(const Output& x, std::int64_t filters, std::int64_t stride) {
  const auto narrow = relu(normed(x, {.filters = filters, .kernel = 1}));
  const auto y = relu(normed(narrow, {.filters = filters, .stride = stride}));
  return normed(y, {.filters = 4 * filters, .kernel = 1});
}

struct ResNet {
  Output (*block)(const Output& x, std::int64_t filters, std::int64_t stride);
  std::int64_t expansion;  // output channels of a block per filter
  std::array<int, 4> blocks;
};

Network resnet(const ResNet& net, std::int64_t classes, Stem stem) {
  const auto image = input();
  const bool small = stem == Stem::small;
  const Convolution first{.filters = 64, .kernel = small ? 3 : 7, .stride = small ? 1 : 2};
  auto x = relu(normed(image, first));
  if (!small) x = max_pool2d({.window = 3, .stride = 2, .padding = Padding::pixels(1)})(x);
  std::int64_t filters = 64, channels = 64;
  for (const int blocks : net.blocks) {
    for (int b = 0; b < blocks; ++b) {
      const std::int64_t stride = b == 0 && filters > 64 ? 2 : 1;
      const std::int64_t given = net.expansion * filters;
      const auto y = net.block(x, filters, stride);
      const bool same = stride == 1 && channels == given;
      const Convolution projection{.filters = given, .kernel = 1, .stride = stride};
      x = relu(add()(y, same ? x : normed(x, projection)));
      channels = given;
    }
    filters *= 2;
  }
  const auto pooled = global_average_pool2d()(x);
  return Network(image, dense({.units = classes, .activation = "softmax"})(pooled));
}

}  // namespace

/// ResNet-20 for small images (He et al., arXiv 1512.03385, section 4.2): three stages of three
/// blocks. Where a stage begins, the shortcut is a 1x1 convolution (the paper's option B).
Network resnet20(std::int64_t classes) {
  const auto he = [](std::int64_t filters, std::int64_t kernel, std::int64_t stride) {
    return Convolution{filters, kernel, stride, "he_normal"};
  };
  const auto image = input();
  auto x = relu(normed(image, he(16, 3, 1)));
  for (const std::int64_t filters : {16, 32, 64}) {
    for (int block = 0; block < 3; ++block) {
      const bool halves = block == 0 && filters > 16;
      const std::int64_t stride = halves ? 2 : 1;
      const auto y = normed(relu(normed(x, he(filters, 3, stride))), he(filters, 3, 1));
      x = relu(add()(y, halves ? normed(x, he(filters, 1, stride)) : x));
    }
  }
  const auto pooled = global_average_pool2d()(x);
  return Network(image, dense({.units = classes, .activation = "softmax"})(pooled));
}

// He et al., arXiv 1512.03385, table 1, in torchvision's form: projections if a shortcut changes
// shape, no biases before a normalisation.
Network resnet18(std::int64_t classes, Stem stem) {
  return resnet({basic_block, 1, {2, 2, 2, 2}}, classes, stem);
}

Network resnet34(std::int64_t classes, Stem stem) {
  return resnet({basic_block, 1, {3, 4, 6, 3}}, classes, stem);
}

Network resnet50(std::int64_t classes, Stem stem) {
  return resnet({bottleneck, 4, {3, 4, 6, 3}}, classes, stem);
}

}  // namespace ridgeline::network
