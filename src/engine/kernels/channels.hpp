#pragma once
// Loops over an image batch channel by channel, in any of oneDNN's layouts for it.

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/onednn.hpp"

namespace ridgeline::engine::kernels {

/// A batch as images x blocks x pixels x lanes; channel = block * lanes + lane. Plain NCHW has one
/// lane, NHWC one block, NCHW16c blocks of 16 (lanes past the last channel hold zeros).
struct ChannelView {
  std::int64_t images = 0, blocks = 0, pixels = 0, lanes = 0, channels = 0;
  std::int64_t padded_channels() const { return blocks * lanes; }
};
/// The view of a layout, or nothing where it is none of these.
std::optional<ChannelView> channel_view(const dnn::Desc& desc);

// Arrays indexed by channel have padded_channels() entries; those past the last channel are zero.

/// Mean and sum of squared deviations of each channel, in two passes.
void moments(const ChannelView& view, const float* x, double* mean, double* deviations);
/// y = scale[c] * x + shift[c]
void affine(const ChannelView& view, const float* x, float* y, const float* scale,
            const float* shift);
/// sum[c] = sum of dy, product[c] = sum of dy * (x - mean[c]) * inverse[c]
void gradient_sums(const ChannelView& view, const float* x, const float* dy, const float* mean,
                   const float* inverse, double* sum, double* product);
/// dx = a[c] * dy + b[c] * x + offset[c]
void affine_pair(const ChannelView& view, const float* x, const float* dy, float* dx,
                 const float* a, const float* b, const float* offset);

}  // namespace ridgeline::engine::kernels
