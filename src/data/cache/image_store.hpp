#pragma once
// What a cache of images keeps. It keeps each image at the network's size. If training takes boxes
// of original images, it keeps the decoder's results instead, at those of the sizes 1/1, 1/2, 1/4
// and 1/8 that a box can need. So images have the same bits with and without the cache.

#include <optional>
#include <span>

#include "image/resize.hpp"
#include "ridgeline/shape.hpp"

namespace ridgeline::data {

/// An image as it is kept.
struct ImageRecord {
  /// The pixels are at 1/scale of the original's size. The first one begins `shift_x` and `shift_y`
  /// pixels of the original before its edge: decoders round the size of mirrored images up.
  int scale = 1, shift_x = 0, shift_y = 0;
  Shape original;  ///< {channels, height, width}
  image::ImageView pixels;
};

/// All functions may be called from several threads at once, and the pixels that they give stay.
class ImageStore {
 public:
  virtual ~ImageStore() = default;

  /// Does what takes long before the first image is read.
  virtual void prepare() const {}

  /// Of an image that is kept as its decoder gives it.
  struct Decoded {
    Shape original;  ///< {channels, height, width}
    int most = 8;    ///< the decoder gives it at 1, 1/2, ... 1/most of its size
  };
  /// Throws DataError for an image that cannot be read.
  virtual std::optional<Decoded> decoded(std::size_t image) const = 0;
  virtual std::optional<ImageRecord> at_scale(std::size_t image, int scale) const = 0;
  /// At the network's size. Throws the same errors.
  virtual std::optional<ImageRecord> fitted(std::size_t image) const = 0;
  /// Numbers of an image that is brought to no size. False if they are not kept.
  virtual bool read(std::size_t image, std::span<float> numbers) const = 0;
};

}  // namespace ridgeline::data
