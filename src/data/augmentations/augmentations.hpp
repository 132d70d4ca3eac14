#pragma once
// One function for each augmentation, each in a file of its own; augment.cpp has the table.

#include "data/augment.hpp"

namespace ridgeline::data {

/// One image while it is changed.
struct Changing {
  const Shape& shape;  ///< {channels, height, width}
  std::span<float> pixels;
  std::span<float> scratch;  ///< as many numbers as `pixels`
};

void flip(double, const Changing& image, Random& random);
void crop(double most, const Changing& image, Random& random);
void cutout(double size, const Changing& image, Random& random);
void noise(double deviation, const Changing& image, Random& random);

/// How an image is mixed: `draw` sets the share and the box, `blend` adds the other image.
void draw_mixup(double alpha, const Shape& shape, Random& random, Mix& mix);
void blend_mixup(const Mix& mix, const Changing& image, std::span<const float> other);
void draw_cutmix(double alpha, const Shape& shape, Random& random, Mix& mix);
void blend_cutmix(const Mix& mix, const Changing& image, std::span<const float> other);

/// A box of this size around `row` and `column`, cut off at the border.
Mix::Box box_around(std::int64_t row, std::int64_t column, std::int64_t height, std::int64_t width,
                    const Shape& shape);
/// Calls use(begin, length) for each row of the box; `begin` is an index into the image's numbers.
template <typename Use>
void for_rows(const Mix::Box& box, const Shape& shape, Use use) {
  for (std::int64_t c = 0; c < shape[0]; ++c) {
    for (std::int64_t y = box.top; y < box.bottom; ++y) {
      use((c * shape[1] + y) * shape[2] + box.left, box.right - box.left);
    }
  }
}

}  // namespace ridgeline::data
