#pragma once
// Resizes with the filters of Pillow's Image.resize(size, filter, box), equal to one grey level.
//
// An output pixel is a weighted mean of the input pixels around its centre. If the image shrinks,
// the filter becomes wider by the same factor, so that no input pixel is left out
// (antialiasing). `nearest` takes the pixel under the centre. Columns are resized first, then rows.
// The result in between is rounded to 8 bits, as in Pillow. (If the height shrinks far more than
// the width, Pillow 13 resizes rows first, and can differ by more than one level.)

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "image/decode.hpp"
#include "ridgeline/image.hpp"

namespace ridgeline::image {

enum class Filter {
  nearest,
  bilinear,  ///< a triangle that reaches 1 pixel
  bicubic,   ///< Keys's cubic with a = -0.5, 2 pixels
  lanczos,   ///< sinc(x) sinc(x / 3), 3 pixels
};

struct Size {
  std::int64_t height = 0, width = 0;
};

/// A view of pixels in the order of Image.
struct ImageView {
  std::int64_t channels = 0, height = 0, width = 0;
  std::span<const std::uint8_t> pixels;

  ImageView() = default;
  ImageView(std::int64_t channels, std::int64_t height, std::int64_t width,
            std::span<const std::uint8_t> pixels)
      : channels(channels), height(height), width(width), pixels(pixels) {}
  ImageView(const Image& image)  // NOLINT(google-explicit-constructor)
      : ImageView(image.channels, image.height, image.width, image.pixels) {}
};

/// The filter of a name: "nearest", "bilinear", "bicubic" or "lanczos". Throws UsageError.
Filter filter_of(std::string_view name);

/// Resizes the part `box` of an image of 1 or 3 channels to `size.height` x `size.width` pixels,
/// whatever the aspect ratio. Pixels of the image outside of the box can count for those at its
/// edge. Throws UsageError for an empty size, an empty box, and one that is not inside of the
/// image.
Image resize(const ImageView& image, Size size, Filter filter,
             const std::optional<RealBox>& box = std::nullopt);

/// Memory that a thread uses again, from one image to the next.
struct ResizeScratch {
  std::vector<std::uint8_t> columns;  ///< the image after its columns are resized
  std::vector<std::uint8_t> row;
};

/// The same into `to`, whose memory is used again. `image` is not a view of `to`.
void resize(const ImageView& image, Size size, Filter filter, const std::optional<RealBox>& box,
            Image& to, ResizeScratch& scratch);

}  // namespace ridgeline::image
