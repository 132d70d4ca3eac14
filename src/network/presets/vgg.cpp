#include <vector>

#include "network/presets/presets.hpp"

namespace ridgeline::network {
namespace {

/// The convolutions of each of the five stages.
std::vector<int> stages_of(int depth) {
  switch (depth) {
    case 11:
      return {1, 1, 2, 2, 2};
    case 13:
      return {2, 2, 2, 2, 2};
    case 16:
      return {2, 2, 3, 3, 3};
    default:
      return {2, 2, 4, 4, 4};
  }
}

void add_convolution(std::vector<Layer>& layers, std::int64_t filters, bool normed) {
  layers.push_back(conv2d({.filters = filters,
                           .kernel = 3,
                           .padding = Padding::same(),
                           .activation = normed ? "linear" : "relu",
                           .kernel_initializer = "he_normal_fan_out"}));
  if (!normed) return;
  layers.push_back(batch_norm2d({.momentum = 0.9, .epsilon = 1e-5}));
  layers.push_back(activation("relu"));
}

Layer wide(std::int64_t units, const std::string& activation) {
  return dense({.units = units, .activation = activation, .kernel_initializer = "normal(0.01)"});
}

}  // namespace

// Simonyan and Zisserman, arXiv 1409.1556, configurations A, B, D and E, in torchvision's form: the
// last features become 7x7, whatever the size of the image, and convolutions have biases before a
// normalisation, too.
Network vgg(std::int64_t classes, int depth, bool normed) {
  std::vector<Layer> layers;
  std::int64_t filters = 64;
  for (const int convolutions : stages_of(depth)) {
    for (int i = 0; i < convolutions; ++i) add_convolution(layers, filters, normed);
    layers.push_back(max_pool2d({.window = 2}));
    filters = filters == 512 ? filters : 2 * filters;
  }
  layers.push_back(adaptive_average_pool2d({.size = 7}));
  layers.push_back(flatten());
  for (int i = 0; i < 2; ++i) {
    layers.push_back(wide(4096, "relu"));
    layers.push_back(dropout({.rate = 0.5}));
  }
  layers.push_back(wide(classes, "softmax"));
  return Network(layers);
}

}  // namespace ridgeline::network
