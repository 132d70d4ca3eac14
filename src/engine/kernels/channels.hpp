#pragma once
// Loops over an image batch channel by channel, in any of oneDNN's layouts for it.

#include <cstdint>
#include <limits>
#include <optional>

#include "engine/kernels/bfloat16.hpp"
#include "engine/onednn.hpp"

namespace ridgeline::engine::kernels {

/// The upper bound of a ReLU that has none.
constexpr float no_ceiling = std::numeric_limits<float>::quiet_NaN();

// T is float or Bf16, the view's type. Other numbers are fp32, and sums are double.

/// A batch as images x blocks x pixels x lanes; channel = block * lanes + lane. Plain NCHW has one
/// lane, NHWC one block, NCHW16c blocks of 16 (lanes past the last channel hold zeros).
struct ChannelView {
  std::int64_t images = 0, blocks = 0, pixels = 0, lanes = 0, channels = 0;
  dnn::Type type = dnn::fp32;
  std::int64_t padded_channels() const { return blocks * lanes; }
};
/// The view of a layout, if it is one of these.
std::optional<ChannelView> channel_view(const dnn::Desc& desc);

// Arrays indexed by channel have padded_channels() entries; those past the last channel are zero.

/// Mean and sum of squared deviations of each channel of x (T), in two passes.
void moments(const ChannelView& view, const void* x, double* mean, double* deviations);

/// y = relu(scale[c] * x + shift[c] + residual)
struct Affine {
  const void* x;  ///< T
  const float *scale, *shift;
  void* y;                         ///< T
  const void* residual = nullptr;  ///< T; or null
  float slope = 1;                 ///< for numbers below 0; 1: no ReLU
  float ceiling = no_ceiling;      ///< of the ReLU
};
void affine(const ChannelView& view, const Affine& arguments);

/// The gradient before that ReLU: g = dy, times the slope where the ReLU's input was not above 0.
/// The sign of the input is that of `y`, if given, otherwise of scale[c] * x + shift[c].
struct Returning {
  const void *x, *dy;  ///< T
  float slope = 1;     ///< 1: no ReLU, and g = dy
  const float *scale = nullptr, *shift = nullptr;
  const void* y = nullptr;  ///< T; or null
  float ceiling = no_ceiling;
};
/// sum[c] += sum of g, product[c] += sum of g * (x - mean[c]) * inverse[c]; and g, unless null.
struct GradientSums {
  const float *mean, *inverse;
  double *sum, *product;
  void* g = nullptr;  ///< T; or null
};
void gradient_sums(const ChannelView& view, const Returning& from, const GradientSums& to);
/// dx = a[c] * g + b[c] * x + offset[c], T
void affine_pair(const ChannelView& view, const Returning& from, const float* a, const float* b,
                 const float* offset, void* dx);

}  // namespace ridgeline::engine::kernels
