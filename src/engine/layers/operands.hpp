#pragma once
// A kernel's operands as numbers that are read or written.

namespace ridgeline::engine {

inline const float* in(void* operand) {
  return static_cast<const float*>(operand);
}
inline float* out(void* operand) {
  return static_cast<float*>(operand);
}

}  // namespace ridgeline::engine
