#pragma once
// The description of a network's output for one image.

#include <string>

#include "ridgeline/shape.hpp"

namespace ridgeline {

/// One output of a network. Losses and tasks check it.
struct OutputSpec {
  std::string name;        ///< the name of its layer
  Shape shape;             ///< for one image: {10}, or {classes, height, width}
  std::string activation;  ///< the last one: "softmax", "sigmoid", "linear", ...
  int node = -1;           ///< the index of its layer in the network
};

}  // namespace ridgeline
