#pragma once
// What each format implements, in a file of its own in formats/.

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "image/format.hpp"
#include "ridgeline/image.hpp"

namespace ridgeline::image {

/// An image as its file stores it, before the orientation is applied.
struct Stored {
  std::int64_t channels = 0, height = 0, width = 0;
  int orientation = 1;
  int most_shrink = 1;      ///< the decoder can give 1/1, 1/2, ... 1/most_shrink of the size
  int extra_per_pixel = 0;  ///< bytes that decoding needs in addition to the result
  /// The fewest bytes that a row can take in the file; 0 if not known.
  double least_row_bytes = 0;
};

/// A file whose header has been read. It refers to the file's bytes.
class Decoder {
 public:
  Decoder() = default;
  virtual ~Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  const Stored& stored() const { return stored_; }

  /// Decodes the pixels of `box` of the image at 1/shrink of its size, ceil(size / shrink) pixels,
  /// into `to`: box.height x box.width x channels bytes. Called once at most.
  virtual void read(const PixelBox& box, int shrink, std::uint8_t* to) = 0;

 protected:
  Stored stored_;
};

struct Format {
  std::string_view name;
  bool (*recognises)(Bytes file);
  std::unique_ptr<Decoder> (*open)(Bytes file);
};

extern const Format jpeg_format, png_format, webp_format, tiff_format, bmp_format, pnm_format;

/// The table of formats.
inline constexpr std::array formats{&jpeg_format, &png_format, &webp_format,
                                    &tiff_format, &bmp_format, &pnm_format};

/// Throws DataError: "the PNG file cannot be decoded: WHAT".
[[noreturn]] void cannot_decode(std::string_view format, std::string_view what);

/// Throws ResourceError: a library got no memory.
[[noreturn]] void out_of_memory();

}  // namespace ridgeline::image
