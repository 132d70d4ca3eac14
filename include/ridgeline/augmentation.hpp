#pragma once
// Augmentations of an application's own: random changes of a training image that leave its label
// true.

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

/// The random numbers of one image in one epoch. They depend on the seed alone, not on threads.
class ImageRandom {
 public:
  explicit ImageRandom(Random& stream) : stream_(stream) {}
  double uniform();                          ///< in [0, 1)
  double normal();                           ///< standard normal
  std::uint64_t below(std::uint64_t bound);  ///< in [0, bound); `bound` at least 1

 private:
  Random& stream_;
};

/// One training image while it is changed.
struct ChangingImage {
  const Shape& shape;        ///< {channels, height, width}
  std::span<float> pixels;   ///< in that order, in [0, 1] unless "noise" came before
  std::span<float> scratch;  ///< as many numbers, to be used freely
};

/// Changes an image in place. Called from several threads at once.
using Augment = std::function<void(const ChangingImage& image, ImageRandom& random)>;
using AugmentationFactory = std::function<Augment(const Attributes& options)>;

/// Makes an augmentation known to FitOptions::augment and to `data.augment` of the experiment file:
/// "NAME", "NAME:1.5" (the first option) or "NAME:option=1.5,other=2", in the file also
/// { NAME = { option = 1.5 } }. Options are numbers, or true or false. Throws UsageError for a name
/// that is known already, a name with ':', ',' or '=', and other options. Thread-safe.
void register_augmentation(Kind kind, AugmentationFactory factory);
/// All kinds of augmentations, the built-in ones first.
std::vector<Kind> augmentation_kinds();

}  // namespace ridgeline
