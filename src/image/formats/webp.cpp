// WebP by libwebp, lossy and lossless.
#include <webp/decode.h>

#include <algorithm>
#include <array>
#include <vector>

#include "image/decoder.hpp"
#include "image/mix.hpp"
#include "image/orient.hpp"

namespace ridgeline::image {
namespace {

std::string_view reason(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_NOT_ENOUGH_DATA:
      return "it is cut short";
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return "libwebp does not support a feature that it uses";
    default:
      return "its data are damaged";
  }
}

[[noreturn]] void failed(VP8StatusCode status) {
  if (status == VP8_STATUS_OUT_OF_MEMORY) out_of_memory();
  cannot_decode("WebP", reason(status));
}

/// The EXIF data of the RIFF container; empty if there are none.
Bytes exif_of(Bytes file) {
  for (std::size_t at = 12; file.size() >= at + 8;) {
    const std::size_t length = std::size_t{file[at + 4]} | std::size_t{file[at + 5]} << 8 |
                               std::size_t{file[at + 6]} << 16 | std::size_t{file[at + 7]} << 24;
    if (length > file.size() - at - 8) break;
    if (begins_with(file.subspan(at), "EXIF")) return file.subspan(at + 8, length);
    at += 8 + length + length % 2;
  }
  return {};
}

class WebP : public Decoder {
 public:
  explicit WebP(Bytes file) : file_(file) {
    WebPBitstreamFeatures features{};
    const auto status = WebPGetFeatures(file.data(), file.size(), &features);
    if (status != VP8_STATUS_OK) failed(status);
    if (features.has_animation != 0) {
      cannot_decode("WebP", "it is an animation; save one frame of it as an image");
    }
    alpha_ = features.has_alpha != 0;
    stored_ = {.channels = 3,
               .height = features.height,
               .width = features.width,
               .orientation = exif_orientation(exif_of(file)),
               .extra_per_pixel = 8};  // lossless: 4 in libwebp and 4 here
  }

  void read(const PixelBox& box, int /*shrink*/, std::uint8_t* to) override {
    WebPDecoderConfig config;
    if (WebPInitDecoderConfig(&config) == 0) cannot_decode("WebP", "libwebp is of another version");
    const PixelBox wider = with_margin(box);
    if (wider.width < stored_.width || wider.height < stored_.height) {
      config.options.use_cropping = 1;
      config.options.crop_left = static_cast<int>(wider.left);
      config.options.crop_top = static_cast<int>(wider.top);
      config.options.crop_width = static_cast<int>(wider.width);
      config.options.crop_height = static_cast<int>(wider.height);
    }
    const std::size_t channels = alpha_ ? 4 : 3;
    const std::size_t stride = static_cast<std::size_t>(wider.width) * channels;
    const bool direct = !alpha_ && wider == box;
    std::vector<std::uint8_t> pixels(direct ? 0 : stride * static_cast<std::size_t>(wider.height));
    config.output.colorspace = alpha_ ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA = {direct ? to : pixels.data(), static_cast<int>(stride),
                            stride * static_cast<std::size_t>(wider.height)};
    const auto status = WebPDecode(file_.data(), file_.size(), &config);
    WebPFreeDecBuffer(&config.output);
    if (status != VP8_STATUS_OK) failed(status);
    if (direct) return;

    const auto width = static_cast<std::size_t>(box.width);
    for (std::int64_t y = 0; y < box.height; ++y, to += 3 * width) {
      const std::uint8_t* row = pixels.data() +
                                static_cast<std::size_t>(box.top - wider.top + y) * stride +
                                static_cast<std::size_t>(box.left - wider.left) * channels;
      if (alpha_) {
        mix_with_white(row, width, 3, 3, to);
      } else {
        std::copy_n(row, 3 * width, to);
      }
    }
  }

 private:
  // libwebp interpolates colours. The first and last pixels of a crop lack neighbours for that, so
  // they would differ from those of the whole image.
  PixelBox with_margin(const PixelBox& box) const {
    constexpr std::int64_t margin = 2;
    const auto before = [](std::int64_t at) {
      return std::max<std::int64_t>(0, (at - margin) / 2 * 2);
    };
    PixelBox wider{before(box.left), before(box.top), 0, 0};
    wider.width = std::min(stored_.width, box.left + box.width + margin) - wider.left;
    wider.height = std::min(stored_.height, box.top + box.height + margin) - wider.top;
    return wider;
  }

  Bytes file_;
  bool alpha_ = false;
};

}  // namespace

const Format webp_format{
    "WebP",
    [](Bytes file) {
      return begins_with(file, "RIFF") && file.size() >= 12 && begins_with(file.subspan(8), "WEBP");
    },
    [](Bytes file) -> std::unique_ptr<Decoder> { return std::make_unique<WebP>(file); }};

}  // namespace ridgeline::image
