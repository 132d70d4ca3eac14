#pragma once
// Files of images with edges at several scales, like photographs.

#include <string>

#include "data/folder.hpp"
#include "image/encode_png.hpp"
#include "image/resize.hpp"
#include "support/noise_image.hpp"

namespace ridgeline::test {

/// Smooth spots of colour. Other seeds give images that do not look alike.
inline Image photo(std::uint32_t seed, std::int64_t height = 48, std::int64_t width = 64,
                   std::int64_t channels = 3) {
  return image::resize(noise_image(seed * 7919 + 1, channels, 12, 16), {height, width},
                       image::Filter::bicubic);
}

inline void write_png(const Folder& folder, const std::string& name, const Image& image) {
  folder.write(name, image::encode_png(image));
}

}  // namespace ridgeline::test
