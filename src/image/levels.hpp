#pragma once
// Changes of brightness, for each channel of each pixel on its own. All are in place. On bytes,
// they differ from torchvision's functions of the same names by at most one grey level; most have
// the same bits.

#include "ridgeline/image.hpp"

namespace ridgeline::image {

/// Multiplies by `factor`, at least 0; 0 is black, 1 the image itself.
void adjust_brightness(Image& image, double factor);
/// Moves levels away from the mean grey level by `factor`, at least 0; 0 is grey, 1 the image
/// itself.
void adjust_contrast(Image& image, double factor);
/// Keeps the `bits` upper bits of each byte, 0 to 8.
void posterize(Image& image, int bits);
/// Inverts the levels from `threshold` on.
void solarize(Image& image, double threshold);
/// 255 - level.
void invert(Image& image);
/// Stretches each channel so that its levels reach from 0 to 255. A channel of one level does not
/// change.
void autocontrast(Image& image);
/// Makes all levels of each channel about equally frequent. A channel with too few pixels for that
/// does not change.
void equalize(Image& image);

}  // namespace ridgeline::image
