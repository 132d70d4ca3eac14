#pragma once
// PNG and JPEG files into pixels of the shape that a model takes.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "ridgeline/shape.hpp"

namespace ridgeline::data {

/// An image in memory: height x width x channels bytes, interleaved.
struct Image {
  std::int64_t channels = 0, height = 0, width = 0;
  std::vector<std::uint8_t> pixels;
};

/// Decodes a PNG or JPEG file, told apart by its content, into sRGB: 1 channel where the file is
/// grey, else 3. Transparent parts lie on white; orientation tags are not followed.
/// Throws DataError, naming the file, for what cannot be decoded to its end.
Image read_image(const std::filesystem::path& file);
/// The same of a file's bytes; `name` is what messages call it.
Image decode_image(std::span<const std::uint8_t> bytes, std::string_view name);

/// The image as {channels, height, width} numbers in [0, 1]. Grey becomes RGB by repetition, RGB
/// grey by ITU-R BT.601's weights. The size changes by bilinear interpolation whose triangle grows
/// with the scale where the image shrinks (antialiased: the method of Pillow's BILINEAR and of
/// torchvision's antialias=True), without regard to the aspect ratio.
/// Throws UsageError where `shape` has other than 1 or 3 channels.
std::vector<float> fit_image(const Image& image, const Shape& shape);

}  // namespace ridgeline::data
