#pragma once
// What a network gives for one image.

#include <string>

#include "ridgeline/shape.hpp"

namespace ridgeline {

/// One output of a network. Losses and tasks ask about it.
struct OutputSpec {
  std::string name;        ///< of the layer that gives it
  Shape shape;             ///< for one image: {10}, or {classes, height, width}
  std::string activation;  ///< what ends it: "softmax", "sigmoid", "linear", ...
  int node = -1;           ///< the layer's place in the network
};

}  // namespace ridgeline
