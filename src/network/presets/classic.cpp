#include "network/presets/presets.hpp"

namespace ridgeline::network {

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

}  // namespace ridgeline::network
