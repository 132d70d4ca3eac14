#pragma once
// Changes of brightness that look at one channel of one pixel at a time. All are in place, and
// equal to torchvision's functions of the same names on bytes to one grey level; most are the same
// to the bit.

#include "ridgeline/image.hpp"

namespace ridgeline::image {

/// Times `factor`, at least 0; 0 is black, 1 the image itself.
void adjust_brightness(Image& image, double factor);
/// Away from the mean grey level by `factor`, at least 0; 0 is grey, 1 the image itself.
void adjust_contrast(Image& image, double factor);
/// Keeps the `bits` upper bits of each byte, 0 to 8.
void posterize(Image& image, int bits);
/// Inverts the levels from `threshold` on.
void solarize(Image& image, double threshold);
/// 255 - level.
void invert(Image& image);
/// Stretches each channel so that its levels reach from 0 to 255. A channel of one level stays.
void autocontrast(Image& image);
/// Each channel with all levels about equally often. A channel with too few pixels for that stays.
void equalize(Image& image);

}  // namespace ridgeline::image
