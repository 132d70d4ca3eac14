#include <array>

#include "network/check.hpp"
#include "ridgeline/network.hpp"

namespace ridgeline {
namespace {

/// The article's network, on any input size.
Network article_cnn(std::int64_t classes) {
  return {
      conv2d({.filters = 32, .kernel = 3, .activation = "relu"}),
      max_pool2d({.window = 2}),
      conv2d({.filters = 64, .kernel = 3, .activation = "relu"}),
      max_pool2d({.window = 2}),
      flatten(),
      dense({.units = 128, .activation = "relu"}),
      dense({.units = classes, .activation = "softmax"}),
  };
}

/// LeNet-5 (LeCun et al., Proc. IEEE 86, 1998) with tanh and average pooling, its second
/// convolution fully connected and its output a softmax. The paper's 28x28 digits, which it pads to
/// 32x32, give its 400 features.
Network lenet5(std::int64_t classes) {
  return {
      conv2d({.filters = 6, .kernel = 5, .padding = Padding::same(), .activation = "tanh"}),
      average_pool2d({.window = 2}),
      conv2d({.filters = 16, .kernel = 5, .activation = "tanh"}),
      average_pool2d({.window = 2}),
      flatten(),
      dense({.units = 120, .activation = "tanh"}),
      dense({.units = 84, .activation = "tanh"}),
      dense({.units = classes, .activation = "softmax"}),
  };
}

Network mlp(std::int64_t classes) {
  return {
      flatten(),
      dense({.units = 512, .activation = "relu"}),
      dense({.units = 256, .activation = "relu"}),
      dense({.units = classes, .activation = "softmax"}),
  };
}

/// A batch-normed 3x3 convolution of a residual network, or the 1x1 one of a shortcut.
Output normed(const Output& x, std::int64_t filters, std::int64_t stride, std::int64_t kernel = 3) {
  const auto y = conv2d({.filters = filters,
                         .kernel = kernel,
                         .stride = stride,
                         .padding = Padding::pixels(kernel / 2),
                         .use_bias = false,
                         .kernel_initializer = "he_normal"})(x);
  return batch_norm2d({.momentum = 0.9, .epsilon = 1e-5})(y);
}

/// ResNet-20 for small images (He et al., arXiv 1512.03385, section 4.2): three stages of three
/// blocks. Where a stage begins, the shortcut is a 1x1 convolution (the paper's option B).
Network resnet20(std::int64_t classes) {
  const auto relu = activation("relu");
  const auto image = input();
  auto x = relu(normed(image, 16, 1));
  for (const std::int64_t filters : {16, 32, 64}) {
    for (int block = 0; block < 3; ++block) {
      const bool halves = block == 0 && filters > 16;
      const std::int64_t stride = halves ? 2 : 1;
      const auto y = normed(relu(normed(x, filters, stride)), filters, 1);
      x = relu(add()(y, halves ? normed(x, filters, stride, 1) : x));
    }
  }
  const auto pooled = global_average_pool2d()(x);
  return Network(image, dense({.units = classes, .activation = "softmax"})(pooled));
}

/// After VGG (Simonyan and Zisserman, arXiv 1409.1556), for small images: pairs of 3x3
/// convolutions, halved three times.
Network vgg_small(std::int64_t classes) {
  std::vector<Layer> layers;
  for (const std::int64_t filters : {32, 64, 128}) {
    for (int i = 0; i < 2; ++i) {
      layers.push_back(conv2d({.filters = filters,
                               .kernel = 3,
                               .padding = Padding::same(),
                               .activation = "relu",
                               .kernel_initializer = "he_uniform"}));
    }
    layers.push_back(max_pool2d({.window = 2}));
  }
  layers.push_back(flatten());
  layers.push_back(dense({.units = 256, .activation = "relu", .kernel_initializer = "he_uniform"}));
  layers.push_back(dropout({.rate = 0.5}));
  layers.push_back(dense({.units = classes, .activation = "softmax"}));
  return Network(layers);
}

struct Preset {
  std::string_view name;
  Network (*make)(std::int64_t classes);
};
constexpr std::array presets = {Preset{"article-cnn", article_cnn}, Preset{"lenet5", lenet5},
                                Preset{"mlp", mlp}, Preset{"resnet20", resnet20},
                                Preset{"vgg-small", vgg_small}};

}  // namespace

Network preset(std::string_view name, std::int64_t classes) {
  network::require(classes >= 1, "a network for {} classes cannot be: there must be at least 1",
                   classes);
  std::vector<std::string_view> names;
  for (const Preset& preset : presets) {
    if (preset.name == name) return preset.make(classes);
    names.push_back(preset.name);
  }
  throw UsageError(
      fmt::format("there is no preset '{}': {}", name, network::suggestion(name, names)));
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const Preset& preset : presets) names.emplace_back(preset.name);
  return names;
}

}  // namespace ridgeline
