#pragma once
// Image files for tests.

#include <png.h>

#include "folder.hpp"

namespace ridgeline::test {

struct PngOptions {
  unsigned height = 1, width = 1, channels = 1;
  std::uint8_t value = 0;  // of every pixel
};

inline Bytes png(const PngOptions& options) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.height = options.height;
  image.width = options.width;
  image.format = options.channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  const Bytes pixels(static_cast<std::size_t>(options.height) * options.width * options.channels,
                     options.value);
  png_alloc_size_t size = 0;
  png_image_write_to_memory(&image, nullptr, &size, 0, pixels.data(), 0, nullptr);
  Bytes bytes(size);
  png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data(), 0, nullptr);
  bytes.resize(size);
  return bytes;
}

}  // namespace ridgeline::test
