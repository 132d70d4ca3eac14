#include "image/encode_jpeg.hpp"

#include <fmt/format.h>

#include <cassert>
#include <cstdlib>
#include <memory>

#include "image/jpeg_errors.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::image {
namespace {

constexpr int quality = 92;

struct Output {
  unsigned char* bytes = nullptr;  // allocated by malloc
  unsigned long size = 0;
};

/// Returns whether it succeeded. Nothing here may have a destructor, since longjmp would skip it.
bool compress(const ImageView& image, JpegErrors& errors, Output& output) {
  jpeg_compress_struct jpeg{};
  jpeg.err = jpeg_std_error(&errors.manager);
  errors.manager.error_exit = give_up;
  if (setjmp(errors.give_up) != 0) {
    jpeg_destroy_compress(&jpeg);
    return false;
  }
  jpeg_create_compress(&jpeg);
  jpeg_mem_dest(&jpeg, &output.bytes, &output.size);
  jpeg.image_height = static_cast<JDIMENSION>(image.height);
  jpeg.image_width = static_cast<JDIMENSION>(image.width);
  jpeg.input_components = static_cast<int>(image.channels);
  jpeg.in_color_space = image.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, quality, TRUE);
  jpeg.comp_info[0].h_samp_factor = jpeg.comp_info[0].v_samp_factor = 1;  // letters stay sharp
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < jpeg.image_height) {
    auto* row = const_cast<JSAMPROW>(image.pixels.data()) +
                std::size_t{jpeg.next_scanline} * jpeg.image_width *
                    static_cast<std::size_t>(image.channels);
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  return true;
}

}  // namespace

std::vector<std::uint8_t> encode_jpeg(const ImageView& image) {
  assert(image.channels == 1 || image.channels == 3);
  JpegErrors errors{};
  Output output;
  const bool done = compress(image, errors, output);
  const std::unique_ptr<unsigned char, decltype(&std::free)> owner(output.bytes, &std::free);
  if (!done) {
    throw ResourceError(fmt::format("the JPEG image cannot be written: {}", errors.message.data()));
  }
  return {output.bytes, output.bytes + output.size};
}

}  // namespace ridgeline::image
