#include "data/pixels.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "support/highway_targets.hpp"

namespace ridgeline::data {
namespace {

using test::on_every_target;

TEST(Pixels, BytesBecomeTheBitsOfTheDivision) {
  on_every_target([] {
    std::vector<std::uint8_t> bytes(256 + 7);
    std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
    std::vector<float> values(bytes.size() + 1, -1.0F);
    to_floats(bytes, values.data());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      EXPECT_EQ(values[i], static_cast<float>(bytes[i]) / 255.0F) << i;
    }
    EXPECT_EQ(values.back(), -1.0F);
  });
}

TEST(Pixels, RowsAreMirrored) {
  on_every_target([] {
    for (const std::size_t width : {1, 2, 7, 8, 16, 28, 32, 33, 64, 71}) {
      std::vector<float> pixels(3 * width);
      std::iota(pixels.begin(), pixels.end(), 0.0F);
      mirror(width, pixels);
      for (std::size_t y = 0; y < 3; ++y) {
        for (std::size_t x = 0; x < width; ++x) {
          EXPECT_EQ(pixels[y * width + x], static_cast<float>(y * width + width - 1 - x)) << width;
        }
      }
    }
  });
}

}  // namespace
}  // namespace ridgeline::data
