#pragma once
// Tensors to be updated.

#include <vector>

#include "ridgeline/layer.hpp"
#include "ridgeline/shape.hpp"
#include "tensor/random.hpp"

namespace ridgeline::optimize {

using Tensors = std::vector<std::vector<double>>;

/// Tensors of rank 1 are biases, others are kernels.
struct TensorsOf {
  std::vector<Shape> shapes;
  Tensors start;
};

inline Role role_of(const Shape& shape) {
  return shape.rank() == 1 ? Role::bias : Role::kernel;
}

inline Tensors random_tensors(const std::vector<Shape>& shapes, std::uint64_t stream) {
  Random random(21, Purpose::test, stream);
  Tensors tensors;
  for (const Shape& shape : shapes) {
    auto& tensor = tensors.emplace_back(static_cast<std::size_t>(shape.elements()));
    for (double& v : tensor) v = static_cast<float>(random.normal());
  }
  return tensors;
}

}  // namespace ridgeline::optimize
