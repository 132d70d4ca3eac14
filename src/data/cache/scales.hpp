#pragma once
// Images at the sizes at which decoders give them: 1/1, 1/2, 1/4 and 1/8.

#include <cstdint>
#include <optional>
#include <vector>

#include "data/cache/image_store.hpp"
#include "data/pictures/pictures.hpp"
#include "ridgeline/preprocessing.hpp"
#include "ridgeline/sample.hpp"

namespace ridgeline::data {

/// Boxes that are taken from original images.
struct CropNeed {
  ResizedCropOptions crop;
  image::Size size;                  ///< the boxes are resized to it
  std::optional<Preprocessing> fit;  ///< if images are also resized whole, as for validation
};

/// The scales at which such boxes of an image of {channels, height, width} are decoded, the finest
/// first. They are those that `image::shrink_of` can give. Without a crop, the whole image at its
/// full size.
std::vector<int> needed_scales(const Shape& original, const std::optional<CropNeed>& crop);
/// The bytes of the pixels at these scales.
std::uint64_t bytes_at(const Shape& original, const std::vector<int>& scales);

struct ScaledImage {
  int scale = 1, shift_x = 0, shift_y = 0;
  Image image;
};
struct ScaledImages {
  std::vector<ScaledImage> images;
  int most = 8;  ///< as ImageStore::Decoded::most
  std::uint64_t bytes() const;
};
/// The image at these scales. A decoder that cannot make images smaller gives it once. Returns no
/// images if the source gives anything else than the whole image at such a scale. Throws as
/// SampleSource::decode does.
ScaledImages decode_scales(const SampleSource& source, std::size_t index, const Shape& original,
                           const std::vector<int>& scales);

/// Cuts `box` (in pixels of the original) out of an image that is kept at a scale. The result is
/// that of image::decode_box.
void cut(const ImageRecord& record, const PixelBox& box, DecodedImage& to);

}  // namespace ridgeline::data
