#pragma once
// The presets by family. Each is a network for a number of classes that ends in a softmax.

#include "ridgeline/network.hpp"

namespace ridgeline::network {

Network article_cnn(std::int64_t classes);
Network lenet5(std::int64_t classes);
Network mlp(std::int64_t classes);
Network vgg_small(std::int64_t classes);

Network resnet20(std::int64_t classes);
/// The stem of a residual network: for photographs (a 7x7 convolution and a max-pool, which
/// together divide height and width by 4), or for small images (a 3x3 convolution of stride 1).
enum class Stem { photograph, small };
Network resnet18(std::int64_t classes, Stem stem);
Network resnet34(std::int64_t classes, Stem stem);
Network resnet50(std::int64_t classes, Stem stem);

Network mobilenet_v2(std::int64_t classes);

/// `depth` is 11, 13, 16 or 19; `normed`: with a batch normalisation after each convolution.
Network vgg(std::int64_t classes, int depth, bool normed);

}  // namespace ridgeline::network
