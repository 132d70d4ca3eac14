#pragma once
// Smoother and sharper images.

#include <cstdint>
#include <vector>

#include "ridgeline/image.hpp"

namespace ridgeline::image {

/// Memory that a thread uses again, from one image to the next.
struct BlurScratch {
  std::vector<std::uint8_t> row;   ///< a row with its reflected ends
  std::vector<std::uint8_t> rows;  ///< the image after its rows are blurred
};

/// Means of `size` x `size` pixels, weighted by a Gaussian of standard deviation `sigma`; the image
/// is reflected at its border. It is torchvision's `gaussian_blur` to one grey level, and also
/// works for images smaller than the window. Throws UsageError for a size that is even or not from
/// 1 to 199, and for a sigma that is not above 0.
void gaussian_blur(Image& image, int size, double sigma, BlurScratch& scratch);

/// Moves the image away from its smoothed version by `factor`, at least 0; 0 is the smoothed image,
/// 1 the image itself. It is torchvision's `adjust_sharpness`: the outermost pixels do not change.
void adjust_sharpness(Image& image, double factor, BlurScratch& scratch);

}  // namespace ridgeline::image
