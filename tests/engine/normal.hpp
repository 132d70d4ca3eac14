#pragma once
// Numbers for kernels to compute with.

#include <vector>

#include "tensor/random.hpp"

namespace ridgeline::engine::kernels {

inline std::vector<float> normal(std::size_t count, Random& random) {
  std::vector<float> values(count);
  for (float& v : values) v = static_cast<float>(random.normal());
  return values;
}

}  // namespace ridgeline::engine::kernels
