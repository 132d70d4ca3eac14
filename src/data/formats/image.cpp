#include "data/formats/image.hpp"

#include <fmt/format.h>
#include <png.h>

#include <array>
#include <csetjmp>
#include <cstdio>

#include "data/file.hpp"
#include "ridgeline/error.hpp"

// jpeglib.h needs <cstdio> before it.
#include <jerror.h>
#include <jpeglib.h>

namespace ridgeline::data {
namespace {

using Bytes = std::span<const std::uint8_t>;

// What is larger is no photograph, and decoding it would only exhaust the memory.
constexpr std::int64_t most_pixels = std::int64_t{1} << 28;
constexpr std::uint64_t most_bytes = std::uint64_t{1} << 30;

/// Makes room for an image; false where it is out of reason.
bool prepare(Image& image, std::int64_t channels, std::int64_t height, std::int64_t width) {
  if (height * width > most_pixels) return false;
  image = {channels, height, width,
           std::vector<std::uint8_t>(static_cast<std::size_t>(channels * height * width))};
  return true;
}

/// The decoders return what went wrong, or nothing.
std::string decode_png(Bytes bytes, Image& image) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  const auto failure = [&](const char* what) {
    png_image_free(&png);
    return fmt::format("the PNG file cannot be decoded: {}", what);
  };
  if (!png_image_begin_read_from_memory(&png, bytes.data(), bytes.size())) {
    return failure(png.message);
  }
  // Sixteen bits without a gamma are the same picture as eight, not linear light.
  png.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
  const bool colour = (png.format & PNG_FORMAT_FLAG_COLOR) != 0;
  png.format = colour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  if (!prepare(image, colour ? 3 : 1, png.height, png.width)) return failure("it is too large");
  const png_color white{255, 255, 255};
  if (!png_image_finish_read(&png, &white, image.pixels.data(), 0, nullptr)) {
    return failure(png.message);
  }
  return {};
}

struct JpegErrors {
  jpeg_error_mgr manager;  // first, so that libjpeg's pointer to it is one to the whole
  std::jmp_buf give_up;
  std::array<char, JMSG_LENGTH_MAX> message;
};

[[noreturn]] void jpeg_failed(j_common_ptr jpeg) {
  auto* errors = reinterpret_cast<JpegErrors*>(jpeg->err);
  jpeg->err->format_message(jpeg, errors->message.data());
  std::longjmp(errors->give_up, 1);
}

// libjpeg only warns where a file is cut short, and fills the rest with grey.
void jpeg_warned(j_common_ptr jpeg, int level) {
  const int code = jpeg->err->msg_code;
  if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER)) jpeg_failed(jpeg);
}

// Nothing here may need a destructor: libjpeg's errors jump over them.
std::string decode_jpeg(Bytes bytes, Image& image) {
  jpeg_decompress_struct jpeg;
  JpegErrors errors;
  jpeg.err = jpeg_std_error(&errors.manager);
  errors.manager.error_exit = jpeg_failed;
  errors.manager.emit_message = jpeg_warned;
  if (setjmp(errors.give_up) != 0) {
    jpeg_destroy_decompress(&jpeg);
    return fmt::format("the JPEG file cannot be decoded: {}", errors.message.data());
  }
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, bytes.data(), bytes.size());
  jpeg_read_header(&jpeg, TRUE);
  jpeg.out_color_space = jpeg.jpeg_color_space == JCS_GRAYSCALE ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_start_decompress(&jpeg);
  if (!prepare(image, jpeg.output_components, jpeg.output_height, jpeg.output_width)) {
    jpeg_destroy_decompress(&jpeg);
    return "the JPEG file cannot be decoded: it is too large";
  }
  const std::size_t stride = image.pixels.size() / jpeg.output_height;
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = image.pixels.data() + stride * jpeg.output_scanline;
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  jpeg_destroy_decompress(&jpeg);
  return {};
}

bool begins_with(Bytes bytes, std::initializer_list<std::uint8_t> signature) {
  return bytes.size() >= signature.size() &&
         std::equal(signature.begin(), signature.end(), bytes.begin());
}

}  // namespace

Image read_image(const std::filesystem::path& file) {
  FileReader reader(file);
  reader.expect_at_most(most_bytes);
  std::vector<std::uint8_t> bytes(reader.stored_bytes());
  reader.read(bytes);
  return decode_image(bytes, file.string());
}

Image decode_image(std::span<const std::uint8_t> bytes, std::string_view name) {
  Image image;
  std::string wrong = "is neither PNG nor JPEG, which are the formats that can be read";
  if (begins_with(bytes, {0x89, 'P', 'N', 'G'})) {
    wrong = decode_png(bytes, image);
  } else if (begins_with(bytes, {0xff, 0xd8, 0xff})) {
    wrong = decode_jpeg(bytes, image);
  }
  if (!wrong.empty()) throw DataError(fmt::format("{}: {}", name, wrong));
  return image;
}

}  // namespace ridgeline::data
