#pragma once
// Pooling of NHWC images in fp32 or bf16. A vector holds neighbouring channels.

#include <cstdint>

#include "engine/kernels/bfloat16.hpp"

namespace ridgeline::engine::kernels {

/// Windows on a source. Padding is not part of any maximum or mean. Each window has at least one
/// pixel of the source.
struct Windows {
  std::int64_t channels = 0, height = 0, width = 0;  ///< of the source
  std::int64_t pooled_height = 0, pooled_width = 0;
  std::int64_t kernel_height = 1, kernel_width = 1, step_height = 1, step_width = 1;
  std::int64_t top = 0, left = 0;  ///< padding
  /// Kernel, step and padding are not read: the pooled pixels share the source as evenly as whole
  /// pixels allow, and several have the same pixels where the sizes do not divide. For means only.
  bool adaptive = false;

  std::int64_t source_size() const { return height * width * channels; }
  std::int64_t pooled_size() const { return pooled_height * pooled_width * channels; }
  /// Positions are kept in whole vectors.
  std::int64_t positions_size() const {
    return pooled_height * pooled_width * ((channels + 15) / 16 * 16);
  }
  /// Whether the positions of a max-pool's window fit a byte. Otherwise they are 32-bit numbers.
  bool small() const { return kernel_height * kernel_width <= 256; }
};

/// Maxima, and the position of each in its window: the first in row-major order if several are
/// equal. A NaN is greater than any number, and of several the last is taken, as in PyTorch.
/// `positions` may be null.
template <typename T>
struct MaxPool {
  std::int64_t images;
  const T* source;
  T* pooled;
  void* positions;  ///< std::uint8_t for small windows, otherwise std::int32_t
};
void max_pool(const Windows& windows, const MaxPool<float>& arguments);
void max_pool(const Windows& windows, const MaxPool<Bf16>& arguments);

/// The gradient of the source. Where `mask` is given and 0 or below, a gradient is multiplied by
/// `slope` first: the mask is `pooled`, and the source is the result of a ReLU.
template <typename T>
struct MaxPoolBackward {
  std::int64_t images;
  const T* gradient;
  const void* positions;
  T* source_gradient;
  const T* mask = nullptr;
  float slope = 1;
};
void max_pool_backward(const Windows& windows, const MaxPoolBackward<float>& arguments);
void max_pool_backward(const Windows& windows, const MaxPoolBackward<Bf16>& arguments);

/// Means of the pixels of each window, and their gradient.
void average_pool(const Windows& windows, std::int64_t images, const float* source, float* pooled);
void average_pool(const Windows& windows, std::int64_t images, const Bf16* source, Bf16* pooled);
void average_pool_backward(const Windows& windows, std::int64_t images, const float* gradient,
                           float* source_gradient);
void average_pool_backward(const Windows& windows, std::int64_t images, const Bf16* gradient,
                           Bf16* source_gradient);

}  // namespace ridgeline::engine::kernels
