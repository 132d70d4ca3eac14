#pragma once
// Random changes of a training image. Some keep its target. Those that mix it with another training
// image also mix the two targets.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/pictures/pipeline.hpp"
#include "ridgeline/augmentation.hpp"
#include "ridgeline/shape.hpp"
#include "tensor/random.hpp"

namespace ridgeline::data {

/// What changes an image's numbers, as the experiment's `data.augment` names it:
///   "flip"             left and right exchanged, in half of the images
///   "crop:PIXELS"      shifted by up to so many pixels each way, the border filled with zeros
///   "cutout:SIZE"      a square of zeros whose centre is anywhere, cut off at the border (DeVries
///                      and Taylor, arXiv 1708.04552)
///   "noise:DEVIATION"  Gaussian noise added to each number, which may leave [0, 1]
///   "mixup:ALPHA"      share * image + (1 - share) * another, share from Beta(alpha, alpha) (Zhang
///                      et al., arXiv 1710.09412)
///   "cutmix:ALPHA"     a box of another image, in the same place, with 1 - share of the area,
///                      share from Beta(alpha, alpha); its centre is anywhere, and the box is cut
///                      off at the border, which changes the share (Yun et al., arXiv 1905.04899)
struct Augmentation {
  enum class Kind { flip, crop, cutout, noise, mixup, cutmix, own, picture } kind;
  double number = 0;                        ///< pixels, size, deviation or alpha
  std::shared_ptr<const Augment> own = {};  ///< of an augmentation that was registered
  /// A change of images of bytes (pictures/table.hpp). Such changes come before all others.
  std::shared_ptr<const PictureStep> picture = {};
  friend bool operator==(const Augmentation&, const Augmentation&) = default;
};

/// "rotation", "rotation:15" (the first option) or "rotation:degrees=15,filter=nearest", as the
/// table of all augmentations has them (augmentation_registry.cpp). Throws UsageError for an
/// unknown name, with the nearest known one, and for options that do not fit it.
Augmentation parse_augmentation(std::string_view text);
/// The augmentations that change images of bytes.
PicturePipeline::Steps picture_steps(std::span<const Augmentation> augmentations);
/// Throws UsageError also for a change of pictures that comes after another kind of change.
std::vector<Augmentation> parse_augmentations(std::span<const std::string> texts);
/// Throws UsageError for a crop that is not smaller than images of `shape`, and a cutout that is
/// larger.
void check_fits(std::span<const Augmentation> augmentations, const Shape& shape);

/// Whether one of them mixes images.
bool mixes(std::span<const Augmentation> augmentations);
/// How one image is mixed with another.
struct Mix {
  std::size_t which = 0;  ///< of the augmentations
  std::size_t other = 0;  ///< the other image's place among the training images
  double share = 1;       ///< of the image itself, in its target too
  struct Box {
    std::int64_t top = 0, bottom = 0, left = 0, right = 0;
  } box = {};  ///< cutmix: the pixels that come from the other image
};
/// Draws from `random` how an image is mixed with one of `images`. At least one augmentation mixes.
/// If several mix, each image takes one of them, all equally often.
Mix draw_mix(std::span<const Augmentation> augmentations, const Shape& shape, std::size_t images,
             Random& random);

/// Memory of one thread. Each vector has as many numbers as an image.
struct Scratch {
  explicit Scratch(std::size_t pixels) : moved(pixels), other(pixels) {}
  std::vector<float> moved, other;
};
/// Reads a training image.
using ReadImage = std::function<void(std::size_t image, std::span<float> pixels)>;

/// Applies all of them in order, in place, to one image of `shape` {channels, height, width}; `mix`
/// is given if one of them mixes. `read` then reads the other image, which goes through the
/// augmentations before the mix with random numbers of its own.
void augment(std::span<const Augmentation> augmentations, const Shape& shape,
             const std::optional<Mix>& mix, const ReadImage& read, Random& random,
             std::span<float> pixels, Scratch& scratch);

}  // namespace ridgeline::data
