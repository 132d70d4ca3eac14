// TIFF by libtiff, which converts all kinds to 8 bits of red, green, blue and alpha.
#include <tiffio.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "image/decoder.hpp"
#include "image/mix.hpp"

namespace ridgeline::image {
namespace {

/// The file in memory, for libtiff's callbacks.
struct Source {
  Bytes bytes;
  std::uint64_t at = 0;
  std::string error;  // the first that libtiff reports
};

tmsize_t read_some(thandle_t handle, void* to, tmsize_t size) {
  auto* source = static_cast<Source*>(handle);
  if (source->at >= source->bytes.size() || size <= 0) return 0;
  const auto count =
      std::min<std::uint64_t>(static_cast<std::uint64_t>(size), source->bytes.size() - source->at);
  std::memcpy(to, source->bytes.data() + source->at, count);
  source->at += count;
  return static_cast<tmsize_t>(count);
}

toff_t seek(thandle_t handle, toff_t offset, int from) {
  auto* source = static_cast<Source*>(handle);
  if (from == SEEK_CUR) offset += source->at;
  if (from == SEEK_END) offset += source->bytes.size();
  return source->at = offset;
}

int map(thandle_t handle, void** base, toff_t* size) {
  auto* source = static_cast<Source*>(handle);
  *base = const_cast<std::uint8_t*>(source->bytes.data());  // libtiff only reads it, in mode "r"
  *size = source->bytes.size();
  return 1;
}

int keep_error(TIFF* /*tiff*/, void* user, const char* /*module*/, const char* format,
               va_list arguments) {
  auto* source = static_cast<Source*>(user);
  char text[512];
  std::vsnprintf(text, sizeof text, format, arguments);
  if (source->error.empty()) source->error = text;
  return 1;  // libtiff's own handler, which writes to standard error, is not called
}

int drop_warning(TIFF* /*tiff*/, void* /*user*/, const char* /*module*/, const char* /*format*/,
                 va_list /*arguments*/) {
  return 1;
}

class Tiff : public Decoder {
 public:
  explicit Tiff(Bytes file) : source_{file, 0, {}} {
    TIFFOpenOptions* options = TIFFOpenOptionsAlloc();
    if (options == nullptr) out_of_memory();
    TIFFOpenOptionsSetErrorHandlerExtR(options, keep_error, &source_);
    TIFFOpenOptionsSetWarningHandlerExtR(options, drop_warning, nullptr);
    // Limits the memory that a strip may claim. decode() limits the pixels.
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, 4 * most_pixels);
    tiff_ = TIFFClientOpenExt(
        "image", "r", &source_, read_some, [](thandle_t, void*, tmsize_t) { return tmsize_t{0}; },
        seek, [](thandle_t) { return 0; },
        [](thandle_t handle) { return toff_t{static_cast<Source*>(handle)->bytes.size()}; }, map,
        [](thandle_t, void*, toff_t) {}, options);
    TIFFOpenOptionsFree(options);
    if (tiff_ == nullptr) failed("its directory is damaged");
    std::uint32_t width = 0, height = 0;
    std::uint16_t photometric = PHOTOMETRIC_RGB, samples = 1, extra = 0, orientation = 1;
    std::uint16_t* kinds = nullptr;
    TIFFGetField(tiff_, TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField(tiff_, TIFFTAG_IMAGELENGTH, &height);
    TIFFGetField(tiff_, TIFFTAG_PHOTOMETRIC, &photometric);
    TIFFGetFieldDefaulted(tiff_, TIFFTAG_SAMPLESPERPIXEL, &samples);
    TIFFGetFieldDefaulted(tiff_, TIFFTAG_EXTRASAMPLES, &extra, &kinds);
    TIFFGetFieldDefaulted(tiff_, TIFFTAG_ORIENTATION, &orientation);
    const bool grey =
        photometric == PHOTOMETRIC_MINISBLACK || photometric == PHOTOMETRIC_MINISWHITE;
    stored_ = {.channels = grey && samples == extra + 1 ? 1 : 3,
               .height = height,
               .width = width,
               .orientation = orientation >= 1 && orientation <= 8 ? orientation : 1,
               .extra_per_pixel = 4};
    source_.error.clear();
  }
  ~Tiff() override { close(); }

  void read(const PixelBox& box, int /*shrink*/, std::uint8_t* to) override {
    std::vector<std::uint32_t> raster(static_cast<std::size_t>(stored_.height * stored_.width));
    TIFFRGBAImage image;
    char message[1024] = "";
    if (TIFFRGBAImageBegin(&image, tiff_, 1, message) == 0) failed(message);
    image.req_orientation = image.orientation;  // as stored; decode() orients the image
    const int done =
        TIFFRGBAImageGet(&image, raster.data(), static_cast<std::uint32_t>(stored_.width),
                         static_cast<std::uint32_t>(stored_.height));
    TIFFRGBAImageEnd(&image);
    // libtiff may skip a damaged strip, which leaves black pixels.
    if (done == 0 || !source_.error.empty()) failed("its data are damaged");
    for (std::int64_t y = box.top; y < box.top + box.height; ++y) {
      for (std::int64_t x = box.left; x < box.left + box.width; ++x) {
        const std::uint32_t pixel = raster[static_cast<std::size_t>(y * stored_.width + x)];
        const unsigned white = 255 - TIFFGetA(pixel);  // libtiff has multiplied by alpha
        *to++ = static_cast<std::uint8_t>(std::min(255U, TIFFGetR(pixel) + white));
        if (stored_.channels == 1) continue;
        *to++ = static_cast<std::uint8_t>(std::min(255U, TIFFGetG(pixel) + white));
        *to++ = static_cast<std::uint8_t>(std::min(255U, TIFFGetB(pixel) + white));
      }
    }
  }

 private:
  void close() {
    if (tiff_ != nullptr) TIFFClose(tiff_);
    tiff_ = nullptr;
  }
  [[noreturn]] void failed(const char* what) {
    close();
    cannot_decode("TIFF", source_.error.empty() ? what : source_.error);
  }

  Source source_;
  TIFF* tiff_ = nullptr;
};

}  // namespace

const Format tiff_format{
    "TIFF",
    [](Bytes file) {
      using namespace std::string_view_literals;
      return begins_with(file, "II*\0"sv) || begins_with(file, "MM\0*"sv) ||
             begins_with(file, "II+\0"sv) || begins_with(file, "MM\0+"sv);
    },
    [](Bytes file) -> std::unique_ptr<Decoder> { return std::make_unique<Tiff>(file); }};

}  // namespace ridgeline::image
