#pragma once
// Random changes of an image of bytes, each in a file of its own; table.hpp has all by name. All
// random numbers come from the stream that is passed in.
//
// A function returns the transform of the image's coordinates, which boxes, points and masks must
// follow; nothing if the coordinates do not change. Sizes do not change either. The options must be
// within the limits of table.cpp.

#include <cstdint>
#include <optional>

#include "image/blur.hpp"
#include "image/colour.hpp"
#include "image/decode.hpp"
#include "image/resize.hpp"
#include "image/shift.hpp"
#include "image/warp.hpp"
#include "ridgeline/image.hpp"
#include "ridgeline/transform.hpp"
#include "tensor/random.hpp"

namespace ridgeline::data {

using image::Border;
using image::Colour;
using image::Filter;

/// Memory that a thread uses again, from one image to the next.
struct PictureScratch {
  Image other;
  image::WarpScratch warp;
  image::BlurScratch blur;
  image::ResizeScratch resize;
};

// The part that a training image is taken from.

struct ResizedCropOptions {
  double min_scale = 0.08, max_scale = 1;  ///< of the image's area
  double min_ratio = 3.0 / 4, max_ratio = 4.0 / 3;
};
/// The box of torchvision's RandomResizedCrop, in whole pixels, for an image of this size: ten
/// tries, then the largest box in the centre whose ratio is allowed. The caller resizes it (Szegedy
/// et al., arXiv 1409.4842).
RealBox draw_resized_crop(const ResizedCropOptions& options, std::int64_t height,
                          std::int64_t width, Random& random);

// Changes of coordinates.

struct FlipOptions {
  double probability = 0.5;
};
std::optional<Transform> horizontal_flip(const FlipOptions& options, Image& image, Random& random,
                                         PictureScratch& scratch);
std::optional<Transform> vertical_flip(const FlipOptions& options, Image& image, Random& random,
                                       PictureScratch& scratch);

/// Left and right exchanged in every other epoch. The seed decides for each image whether it
/// begins flipped (Jordan, "94% on CIFAR-10 in 3.29 seconds on a single GPU", arXiv 2404.00498).
std::optional<Transform> alternating_flip(std::uint64_t seed, std::uint64_t id, std::uint64_t epoch,
                                          Image& image);

struct ShiftedCropOptions {
  std::int64_t pixels = 4;  ///< the most, each way
  Border border = Border::fill;
  Colour fill{};
};
/// The image padded by so many pixels on each side, and a random part of the old size.
std::optional<Transform> shifted_crop(const ShiftedCropOptions& options, Image& image,
                                      Random& random, PictureScratch& scratch);

struct RotationOptions {
  double degrees = 15;               ///< the most, each way
  Filter filter = Filter::bilinear;  ///< torchvision's default is nearest
  Colour fill{};
};
std::optional<Transform> rotation(const RotationOptions& options, Image& image, Random& random,
                                  PictureScratch& scratch);

struct AffineOptions {
  double degrees = 15;                          ///< the most, each way
  double translate_x = 0.1, translate_y = 0.1;  ///< the most, each way, as shares of the image
  double min_scale = 0.9, max_scale = 1.1;
  double shear_x = 0, shear_y = 0;   ///< degrees: the most, each way
  Filter filter = Filter::bilinear;  ///< torchvision's default is nearest
  Colour fill{};
};
/// torchvision's RandomAffine.
std::optional<Transform> affine(const AffineOptions& options, Image& image, Random& random,
                                PictureScratch& scratch);

struct PerspectiveOptions {
  double distortion = 0.5;  ///< the most that a corner moves in, in parts of half the image
  double probability = 0.5;
  Filter filter = Filter::bilinear;
  Colour fill{};
};
/// torchvision's RandomPerspective.
std::optional<Transform> perspective(const PerspectiveOptions& options, Image& image,
                                     Random& random, PictureScratch& scratch);

struct ScaleJitterOptions {
  double min_scale = 0.1, max_scale = 2;
  Filter filter = Filter::bilinear;
  Colour fill{};
};
/// The image resized by a random factor. From a larger one, a random part of the old size is taken.
/// A smaller one gets a random place (large-scale jitter: Ghiasi et al., arXiv 2012.07177).
std::optional<Transform> scale_jitter(const ScaleJitterOptions& options, Image& image,
                                      Random& random, PictureScratch& scratch);

struct ZoomOutOptions {
  double probability = 0.5;
  double max_side = 4;  ///< the side of the canvas, in sides of the image
  Filter filter = Filter::bilinear;
  Colour fill{};
};
/// The image on a larger canvas, which is resized to the image's size: torchvision's RandomZoomOut
/// and Resize (Liu et al., SSD, arXiv 1512.02325).
std::optional<Transform> zoom_out(const ZoomOutOptions& options, Image& image, Random& random,
                                  PictureScratch& scratch);

// Changes of colours.

struct ColourJitterOptions {
  // Factors are drawn from 1 - the number, but at least 0, to 1 + the number. torchvision's
  // defaults are 0.
  double brightness = 0.4, contrast = 0.4, saturation = 0.4;
  double hue = 0.1;  ///< the most, each way, in parts of the circle of colours
};
/// torchvision's ColorJitter: the four changes in a random order.
std::optional<Transform> colour_jitter(const ColourJitterOptions& options, Image& image,
                                       Random& random, PictureScratch& scratch);

struct GreyOptions {
  double probability = 0.1;
};
/// Three equal channels.
std::optional<Transform> random_grey(const GreyOptions& options, Image& image, Random& random,
                                     PictureScratch& scratch);

struct BlurOptions {
  std::int64_t size = 9;  ///< of the window, odd
  double min_sigma = 0.1, max_sigma = 2;
  double probability = 0.5;
};
/// torchvision's GaussianBlur (Chen et al., SimCLR, arXiv 2002.05709).
std::optional<Transform> blur(const BlurOptions& options, Image& image, Random& random,
                              PictureScratch& scratch);

// Parts removed.

struct CutoutOptions {
  std::int64_t size = 16;  ///< pixels
  Colour fill{};
};
/// A square whose centre is anywhere, cut off at the border (DeVries and Taylor, arXiv 1708.04552).
std::optional<Transform> cutout(const CutoutOptions& options, Image& image, Random& random,
                                PictureScratch& scratch);

struct ErasingOptions {
  double probability = 0.5;
  double min_scale = 0.02, max_scale = 0.33;  ///< of the image's area
  double min_ratio = 0.3, max_ratio = 3.3;
  bool noise = false;  ///< random bytes in place of `fill`
  Colour fill{};
};
/// torchvision's RandomErasing: a box inside of the image (Zhong et al., arXiv 1708.04896).
std::optional<Transform> random_erasing(const ErasingOptions& options, Image& image, Random& random,
                                        PictureScratch& scratch);

// Several changes. The transform is that of all of them together.

struct RandAugmentOptions {
  std::int64_t operations = 2;
  std::int64_t magnitude = 9;  ///< from 0 to bins - 1
  std::int64_t bins = 31;
  Filter filter = Filter::nearest;
  Colour fill{};
};
/// torchvision's RandAugment (Cubuk et al., arXiv 1909.13719).
std::optional<Transform> rand_augment(const RandAugmentOptions& options, Image& image,
                                      Random& random, PictureScratch& scratch);

struct TrivialAugmentOptions {
  std::int64_t bins = 31;
  Filter filter = Filter::nearest;
  Colour fill{};
};
/// torchvision's TrivialAugmentWide (Müller and Hutter, arXiv 2103.10158).
std::optional<Transform> trivial_augment_wide(const TrivialAugmentOptions& options, Image& image,
                                              Random& random, PictureScratch& scratch);

}  // namespace ridgeline::data
