#include "image/planes.hpp"

#include <gmock/gmock.h>

#include <numeric>

#include "image/encode_png.hpp"
#include "image/fit.hpp"
#include "ridgeline/error.hpp"
#include "support/highway_targets.hpp"

namespace ridgeline::image {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::FloatNear;

Image counted(std::int64_t channels, std::int64_t height, std::int64_t width) {
  Image image{channels, height, width, {}};
  image.pixels.resize(static_cast<std::size_t>(channels * height * width));
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  }
  return image;
}

TEST(ToPlanes, IsTheDivisionBitForBit) {
  test::on_every_target([] {
    for (const std::int64_t channels : {1, 3}) {
      for (const std::int64_t width : {1, 2, 5, 8, 16, 31, 33, 100}) {
        for (const bool mirrored : {false, true}) {
          const Image image = counted(channels, 3, width);
          std::vector<float> planes(image.pixels.size() + 1, -1.0F);
          to_planes(image, mirrored, {planes.data(), image.pixels.size()});
          for (std::int64_t c = 0; c < channels; ++c) {
            for (std::int64_t y = 0; y < 3; ++y) {
              for (std::int64_t x = 0; x < width; ++x) {
                const std::int64_t from = mirrored ? width - 1 - x : x;
                const auto byte =
                    image.pixels[static_cast<std::size_t>((y * width + from) * channels + c)];
                ASSERT_EQ(planes[static_cast<std::size_t>((c * 3 + y) * width + x)],
                          static_cast<float>(byte) / 255.0F)
                    << channels << ' ' << width << ' ' << mirrored;
              }
            }
          }
          ASSERT_EQ(planes.back(), -1.0F);
        }
      }
    }
  });
}

TEST(ToChannels, GreyAndColourBecomeEachOther) {
  EXPECT_THAT(to_channels({1, 1, 2, {5, 9}}, 3).pixels, ElementsAre(5, 5, 5, 9, 9, 9));
  EXPECT_THAT(to_channels({3, 1, 3, {255, 0, 0, 0, 255, 0, 0, 0, 255}}, 1).pixels,
              ElementsAre(76, 150, 29));
  EXPECT_THAT(to_channels({3, 1, 1, {200, 200, 200}}, 1).pixels, ElementsAre(200));
  EXPECT_EQ(to_channels(counted(3, 2, 2), 3), counted(3, 2, 2));
  EXPECT_THROW(to_channels(counted(3, 2, 2), 4), UsageError);
}

std::vector<float> fitted(const Image& image, const Shape& shape) {
  const Image result = fit_image(image, shape);
  EXPECT_EQ((Shape{result.channels, result.height, result.width}), shape);
  std::vector<float> planes(result.pixels.size());
  to_planes(result, false, planes);
  return planes;
}

TEST(FitImage, AnImageOfTheRightShapeStaysAsItIs) {
  const Image image{3, 1, 2, {0, 51, 102, 153, 204, 255}};
  EXPECT_THAT(
      fitted(image, {3, 1, 2}),
      testing::Pointwise(FloatNear(1e-6F), std::vector<float>{0, 0.6F, 0.2F, 0.8F, 0.4F, 1}));
}

TEST(FitImage, GreyAndColourBecomeEachOther) {
  EXPECT_THAT(fitted({1, 1, 1, {51}}, {3, 1, 1}), Each(FloatNear(0.2F, 1e-6F)));
  EXPECT_THAT(fitted({3, 1, 1, {255, 0, 0}}, {1, 1, 1}),
              ElementsAre(FloatNear(0.299F, 0.5F / 255)));
  EXPECT_THROW(fitted({1, 1, 1, {51}}, {2, 1, 1}), UsageError);
}

// PyTorch 2.15: interpolate(line / 255, (1, n), mode="bilinear", antialias=True), which is not
// rounded to grey levels.
TEST(FitImage, ResizesLikePyTorch) {
  const Image line{1, 1, 5, {0, 255, 0, 102, 51}};
  const auto near = [](std::vector<float> values) {
    return testing::Pointwise(FloatNear(0.51F / 255), values);
  };
  EXPECT_THAT(fitted(line, {1, 1, 2}), near({0.4272727F, 0.2727273F}));
  EXPECT_THAT(fitted(line, {1, 1, 8}),
              near({0, 0.4375F, 0.9375F, 0.3125F, 0.125F, 0.375F, 0.2875F, 0.2F}));
  const Image column{1, 5, 1, line.pixels};
  EXPECT_EQ(fitted(column, {1, 2, 1}), fitted(line, {1, 1, 2}));
}

TEST(EncodePng, GivesTheImageBack) {
  for (const std::int64_t channels : {1, 3}) {
    for (const std::int64_t width : {1, 40, 333}) {
      const Image image = counted(channels, 20, width);
      EXPECT_EQ(decode(encode_png(image)), image);
    }
  }
}

}  // namespace
}  // namespace ridgeline::image
