#pragma once
// 3x3 convolutions of stride 1 by Winograd's F(2x2, 3x3): 16 products instead of 36, in all three
// passes. The rounding error is about twice that of the plain sums. Images are NHWC and need no
// padding around them; their numbers are fp32 or bf16, everything else is fp32.

#include <cstddef>
#include <cstdint>

#include "engine/kernels/bfloat16.hpp"
#include "engine/share.hpp"

namespace ridgeline::engine::kernels {

struct Conv3x3 {
  std::int64_t channels = 0, height = 0, width = 0;               ///< of the source
  std::int64_t filters = 0, output_height = 0, output_width = 0;  ///< of the output
  std::int64_t top = 0, left = 0;                                 ///< padding, 0 to 2

  std::int64_t source_size() const { return height * width * channels; }
  std::int64_t output_size() const { return output_height * output_width * filters; }
  /// The convolution that gives the gradient of the source from that of the output.
  Conv3x3 backward() const {
    return {filters, output_height, output_width, channels, height, width, 2 - top, 2 - left};
  }
  std::int64_t packed_size() const;  ///< floats: [16][channels][filters, padded to vectors]
  std::size_t scratch() const;       ///< bytes, of any pass
};

/// The kernel, plain [filters][channels][3][3], as forward's; and as that of shape.backward().
void conv3x3_pack(const Conv3x3& shape, const float* plain, float* packed);
void conv3x3_pack_backward(const Conv3x3& shape, const float* plain, float* packed);

template <typename T>
struct Conv3x3Forward {
  std::int64_t images;
  const T* source;
  const float* kernel;  ///< packed
  const float* bias;    ///< one per filter, or null
  T* output;
  const T* addend = nullptr;  ///< of the output's size, or null: added to it
  float slope = 1;            ///< of outputs below 0: a ReLU if it is not 1
  /// For the backward pass of a ReLU: the output is multiplied by the slope where this is not above
  /// 0. It has the output's size, or is null.
  const T* mask = nullptr;
  float mask_slope = 0;
  void* scratch = nullptr;
  Share share = {};  ///< of the images' tiles
};
void conv3x3_forward(const Conv3x3& shape, const Conv3x3Forward<float>& arguments);
void conv3x3_forward(const Conv3x3& shape, const Conv3x3Forward<Bf16>& arguments);

/// Adds to the gradients of the kernel and the bias. Set them to zero before the first images.
template <typename T>
struct Conv3x3BackwardWeights {
  std::int64_t images;
  const T* source;
  const T* gradient;     ///< of the output
  float* kernel_sums;    ///< packed_size() numbers
  float* bias_gradient;  ///< or null
  void* scratch;
};
void conv3x3_backward_weights(const Conv3x3& shape, const Conv3x3BackwardWeights<float>& arguments);
void conv3x3_backward_weights(const Conv3x3& shape, const Conv3x3BackwardWeights<Bf16>& arguments);
/// Converts the sums to the gradient of the plain kernel.
void conv3x3_sums_to_plain(const Conv3x3& shape, const float* sums, float* plain);

}  // namespace ridgeline::engine::kernels
