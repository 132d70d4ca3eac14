#pragma once
// The loops over an image's pixels that every epoch runs, for each instruction set.

#include <cstddef>
#include <cstdint>
#include <span>

namespace ridgeline::data {

/// to[i] = bytes[i] / 255, rounded as the division is: the bits that PyTorch and Keras give.
void to_floats(std::span<const std::uint8_t> bytes, float* to);
/// Each row of `width` pixels from right to left.
void mirror(std::size_t width, std::span<float> pixels);

}  // namespace ridgeline::data
