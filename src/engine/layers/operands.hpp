#pragma once
// Access to a kernel's operands.

#include "engine/kernels/bfloat16.hpp"
#include "engine/onednn.hpp"

namespace ridgeline::engine {

template <typename T = float>
const T* in(void* operand) {
  return static_cast<const T*>(operand);
}
template <typename T = float>
T* out(void* operand) {
  return static_cast<T*>(operand);
}

/// Calls use(number) with a float or Bf16, the type in which numbers are kept.
template <typename Use>
void with_type(dnn::Type type, Use use) {
  if (type == dnn::bf16) {
    use(Bf16());
  } else {
    use(float());
  }
}

}  // namespace ridgeline::engine
