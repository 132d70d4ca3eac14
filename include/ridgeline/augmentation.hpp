#pragma once
// Augmentations that an application adds. An augmentation changes a training image at random; its
// label stays correct.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "ridgeline/attributes.hpp"
#include "ridgeline/option.hpp"
#include "ridgeline/shape.hpp"

namespace ridgeline {

class Random;

/// The random numbers of one image in one epoch. They depend only on the seed, never on threads.
class ImageRandom {
 public:
  explicit ImageRandom(Random& stream) : stream_(stream) {}
  double uniform();                          ///< in [0, 1)
  double normal();                           ///< standard normal
  std::uint64_t below(std::uint64_t bound);  ///< in [0, bound); `bound` at least 1

 private:
  Random& stream_;
};

/// A training image that an augmentation changes.
struct ChangingImage {
  const Shape& shape;        ///< {channels, height, width}
  std::span<float> pixels;   ///< in that order, in [0, 1] unless "noise" was applied before
  std::span<float> scratch;  ///< memory of the same size, for any use
};

/// Changes an image in place. Called from several threads at once.
using Augment = std::function<void(const ChangingImage& image, ImageRandom& random)>;
using AugmentationFactory = std::function<Augment(const Attributes& options)>;

/// Adds an augmentation. FitOptions::augment and `data.augment` of the experiment file then accept
/// "NAME", "NAME:1.5" (sets the first option) and "NAME:option=1.5,other=2"; the file also accepts
/// { NAME = { option = 1.5 } }. An option is a number, or true or false. Throws UsageError if the
/// name is already known or contains ':', ',' or '=', or if an option has another type.
/// Thread-safe.
void register_augmentation(Kind kind, AugmentationFactory factory);
/// All kinds of augmentations, the built-in ones first.
std::vector<Kind> augmentation_kinds();

}  // namespace ridgeline
