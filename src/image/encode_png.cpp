#include "image/encode_png.hpp"

#include <fmt/format.h>
#include <png.h>

#include <cassert>

#include "ridgeline/error.hpp"

namespace ridgeline::image {

std::vector<std::uint8_t> encode_png(const ImageView& image) {
  assert(image.channels == 1 || image.channels == 3);
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  png.format = image.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  png.height = static_cast<png_uint_32>(image.height);
  png.width = static_cast<png_uint_32>(image.width);
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png);
  std::vector<std::uint8_t> file(size);
  if (png_image_write_to_memory(&png, file.data(), &size, 0, image.pixels.data(), 0, nullptr) ==
      0) {
    throw ResourceError(fmt::format("the PNG image cannot be written: {}", png.message));
  }
  file.resize(size);
  return file;
}

}  // namespace ridgeline::image
