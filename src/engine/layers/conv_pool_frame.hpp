#pragma once
// Converts images for the kernels of a convolution with a max-pool after it, and gradients back.

#include <algorithm>

#include "engine/kernels/bfloat16.hpp"
#include "engine/kernels/conv_pool.hpp"
#include "engine/kernels/elementwise.hpp"
#include "engine/layers/operands.hpp"
#include "engine/share.hpp"

namespace ridgeline::engine {

// The kernels take fp32. Images kept as bf16 are converted through scratch
// memory that fits the cache, one image at a time.
inline const float* to_fp32(const float* numbers, std::int64_t, float*) {
  return numbers;
}
inline const float* to_fp32(const Bf16* numbers, std::int64_t count, float* scratch) {
  kernels::widen(numbers, count, scratch);
  return scratch;
}
inline float* as_fp32(float* numbers, float*) {
  return numbers;
}
inline float* as_fp32(Bf16*, float* scratch) {
  return scratch;
}
inline void finish(const float*, std::int64_t, float*) {}
inline void finish(const float* scratch, std::int64_t count, Bf16* to) {
  kernels::narrow(scratch, count, to);
}

/// The scratch memory of a step: first that of its kernel, then the areas added here.
class ScratchLayout {
 public:
  explicit ScratchLayout(std::size_t kernel_scratch) : bytes_(rounded(kernel_scratch)) {}
  /// Adds an area of `count` numbers; returns its offset.
  std::size_t add(std::int64_t count) {
    const std::size_t offset = bytes_;
    bytes_ += rounded(static_cast<std::size_t>(count) * sizeof(float));
    return offset;
  }
  std::size_t bytes() const { return bytes_; }
  static float* at(void* scratch, std::size_t offset) {
    return reinterpret_cast<float*>(static_cast<std::byte*>(scratch) + offset);
  }

 private:
  static std::size_t rounded(std::size_t bytes) { return (bytes + 63) / 64 * 64; }
  std::size_t bytes_;
};

/// One image in the form that the kernels take: in fp32, with the convolution's padding around it.
/// If necessary, a copy is made, which fits the cache.
struct Frame {
  dnn::Type type;            ///< of the image
  std::int64_t height, row;  ///< of the image, in numbers
  std::int64_t top, left, framed_height, framed_row;

  std::int64_t image_size() const { return height * row; }
  std::int64_t size() const { return framed_height * framed_row; }
  bool is_padded() const { return image_size() != size(); }
  bool copies() const { return is_padded() || type == dnn::bf16; }
  std::int64_t inside(std::int64_t y) const { return (top + y) * framed_row + left; }

  /// Image n.
  const float* add(void* images, std::int64_t n, float* scratch) const {
    if (!copies()) return in(images) + n * image_size();
    const std::int64_t right = framed_row - left - row;
    std::fill_n(scratch, top * framed_row, 0.0F);
    for (std::int64_t y = 0; y < height; ++y) {
      const std::int64_t at = n * image_size() + y * row;
      float* to = scratch + inside(y);
      std::fill_n(to - left, left, 0.0F);
      if (type == dnn::bf16) {
        kernels::widen(in<Bf16>(images) + at, row, to);
      } else {
        std::copy_n(in(images) + at, row, to);
      }
      std::fill_n(to + row, right, 0.0F);
    }
    const std::int64_t below = framed_height - top - height;
    std::fill_n(scratch + size() - below * framed_row, below * framed_row, 0.0F);
    return scratch;
  }

  /// The memory for the gradient of the framed image, which the kernel adds to.
  float* gradient(void* gradients, std::int64_t n, float* scratch) const {
    return copies() ? scratch : out(gradients) + n * image_size();
  }
  /// Copies the gradient of the framed image to that of the image. Where the image is not above 0,
  /// the gradient is multiplied by `slope`.
  void remove(float* framed, const float* image, float slope, std::int64_t n,
              void* gradients) const {
    if (!copies()) return;
    for (std::int64_t y = 0; y < height; ++y) {
      float* from = framed + inside(y);
      if (slope != 1) kernels::relu_backward(from, image + inside(y), {.slope = slope}, row, from);
      const std::int64_t at = n * image_size() + y * row;
      if (type == dnn::bf16) {
        kernels::narrow(from, row, out<Bf16>(gradients) + at);
      } else {
        std::copy_n(from, row, out(gradients) + at);
      }
    }
  }
};

/// A thread's rows of the pool's output, as a smaller ConvPool.
struct Rows {
  kernels::ConvPool shape;
  std::int64_t first_window, source;  ///< source: offset of the first row in the framed image

  Rows(const kernels::ConvPool& s, const Share& share) : shape(s) {
    const std::int64_t row = share.begin(s.pooled_height);
    const std::int64_t skipped = row * s.step_height * s.stride_height;
    shape.pooled_height = share.end(s.pooled_height) - row;
    shape.height -= skipped;
    first_window = row * s.pooled_width;
    source = skipped * s.row();
  }
};

}  // namespace ridgeline::engine
