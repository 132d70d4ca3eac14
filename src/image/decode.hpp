#pragma once
// Turns image files in memory into pixels: JPEG, PNG, WebP, TIFF, BMP and PNM. The content decides
// the format, never the name. docs/images.md lists what is supported of each format, and how it is
// converted.
//
// The result has 1 channel if the file says that it is grey, else 3 (sRGB).
//   - EXIF's orientation is applied: pixels come as a viewer shows them.
//   - Transparent parts are mixed with white, on the sRGB values.
//   - CMYK becomes R = (1 - C)(1 - K), and so on. JPEG files with Adobe's marker store 1 - C,
//     ..., as Adobe's programs write them. YCCK becomes CMYK first.
//   - 16 bits become the nearest of 8 bits. Gamma values and ICC profiles are ignored.
//   - Of several pages, the first is read. Animations are refused.
//
// All functions may be called from several threads at once. Errors do not name the file; the caller
// adds its name.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "ridgeline/image.hpp"

namespace ridgeline::image {

using Bytes = std::span<const std::uint8_t>;

/// A file that claims more pixels is refused before memory is allocated.
inline constexpr std::int64_t most_pixels = std::int64_t{1} << 28;

/// What the header of a file says about its image.
struct Header {
  std::string_view format;  ///< "JPEG", "PNG", "WebP", "TIFF", "BMP", "PNM"
  std::int64_t channels = 0, height = 0, width = 0;  ///< after the orientation is applied
  int orientation = 1;                               ///< EXIF's number, 1 to 8, already applied
};

/// Throws DataError for a file of no known format, a damaged header, or a size beyond
/// `most_pixels`.
Header read_header(Bytes file);

using ridgeline::RealBox;
using Decoded = DecodedImage;

/// The pixels that `request` asks for. The image covers the request's box, in whole pixels. At full
/// size it is the box itself. If a JPEG file was decoded at 1/2, 1/4 or 1/8, it can extend beyond
/// the box by less than one pixel on each side, and `box` says where the box is. A box that
/// is not inside of the image is a UsageError. Throws DataError for a file that cannot be decoded,
/// is cut short or is damaged, and ResourceError if memory is short.
Decoded decode_box(Bytes file, const ImageRequest& request);

/// The factor, 1, 2, 4, ... or `most`, by which an image is decoded smaller for a request with the
/// box `box`.
int shrink_of(const PixelBox& box, const ImageRequest& request, int most);

/// Chooses what to decode of the image whose file has this header.
using ChooseRequest = std::function<ImageRequest(const Header&)>;
/// Decodes what `choose` asks for into `to`. The file's header is read once.
void decode_box(Bytes file, const ChooseRequest& choose, Decoded& to);

/// The same for a known request, into `to`, whose memory is used again. For threads that decode
/// many images: new memory costs up to a third of the time to decode a small image.
void decode_box(Bytes file, const ImageRequest& request, Decoded& to);

/// The same without the box.
Image decode(Bytes file, const ImageRequest& request = {});

/// The formats that can be read, for messages: "JPEG, PNG, ...".
std::string format_names();

}  // namespace ridgeline::image
