// The random numbers of the changes of pictures, and their effects.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>

#include "data/pictures/operations.hpp"
#include "support/golden.hpp"
#include "support/noise_image.hpp"

namespace ridgeline::data {
namespace {

constexpr int many = 4000;

std::string bytes(const Image& image) {
  return {image.pixels.begin(), image.pixels.end()};
}

TEST(PictureDraws, ProbabilitiesAreKept) {
  PictureScratch scratch;
  for (const double probability : {0.0, 0.25, 0.5, 1.0}) {
    int flips = 0, upside_down = 0, grey = 0;
    for (int i = 0; i < many; ++i) {
      Random random(1, Purpose::augment, 0, static_cast<std::uint64_t>(i));
      Image image = test::noise_image(1, 3, 2, 3);
      const Image before = image;
      flips += horizontal_flip({probability}, image, random, scratch) ? 1 : 0;
      upside_down += vertical_flip({probability}, image, random, scratch) ? 1 : 0;
      random_grey({probability}, image, random, scratch);
      grey += image.pixels[0] == image.pixels[1] && image.pixels[1] == image.pixels[2] ? 1 : 0;
    }
    // Five standard deviations.
    const double near = 5 * std::sqrt(many * probability * (1 - probability));
    for (const int count : {flips, upside_down, grey}) {
      EXPECT_NEAR(count, many * probability, near);
    }
  }
}

TEST(PictureDraws, AlternatingFlipsAlternate) {
  const Image picture = test::noise_image(1, 1, 3, 4);
  int first = 0;
  for (std::uint64_t id = 0; id < many; ++id) {
    std::array<bool, 5> flipped{};
    for (std::uint64_t epoch = 0; epoch < flipped.size(); ++epoch) {
      Image image = picture;
      flipped[epoch] = alternating_flip(9, id, epoch, image).has_value();
      ASSERT_EQ(image != picture, flipped[epoch]);
    }
    first += flipped[0] ? 1 : 0;
    for (std::size_t e = 1; e < flipped.size(); ++e) ASSERT_NE(flipped[e], flipped[e - 1]);
  }
  EXPECT_NEAR(first, many / 2.0, 5 * std::sqrt(many * 0.25));
}

TEST(PictureDraws, ResizedCropsHaveAreasAndRatiosInTheirRanges) {
  Random random(2, Purpose::test);
  const ResizedCropOptions options;
  double areas = 0;
  for (int i = 0; i < many; ++i) {
    const image::RealBox box = draw_resized_crop(options, 375, 500, random);
    ASSERT_GE(box.left, 0);
    ASSERT_GE(box.top, 0);
    ASSERT_LE(box.left + box.width, 500);
    ASSERT_LE(box.top + box.height, 375);
    const double ratio = box.width / box.height, area = box.width * box.height / (375 * 500);
    // To whole pixels.
    ASSERT_GT(ratio, 0.75 * 0.98);
    ASSERT_LT(ratio, 4.0 / 3 * 1.02);
    ASSERT_GT(area, 0.08 * 0.98);
    ASSERT_EQ(box.left, std::floor(box.left));
    areas += area;
  }
  // The mean of 40,000 boxes by the same rule. It is less than the middle of 0.08 and 1, since
  // boxes that do not fit are drawn again.
  EXPECT_NEAR(areas / many, 0.434, 0.02);
}

TEST(PictureDraws, ResizedCropsOfImagesThatAreTooLongAreInTheCentre) {
  Random random(2, Purpose::test);
  const ResizedCropOptions options{.min_scale = 0.9, .max_scale = 1};
  EXPECT_EQ(draw_resized_crop(options, 1000, 30, random), (image::RealBox{0, 480, 30, 40}));
  EXPECT_EQ(draw_resized_crop(options, 30, 1000, random), (image::RealBox{480, 0, 40, 30}));
  EXPECT_EQ(draw_resized_crop(options, 1, 1, random), (image::RealBox{0, 0, 1, 1}));
  for (int i = 0; i < 50; ++i) {
    const image::RealBox box = draw_resized_crop(options, 1, 9, random);
    EXPECT_EQ(box.height, 1);
    EXPECT_LE(box.left + box.width, 9);
  }
}

TEST(PictureDraws, ShiftsAreUniformAndKeepWhatIsSeen) {
  PictureScratch scratch;
  const Image picture = test::noise_image(3, 3, 9, 11);
  for (const Border border : {Border::fill, Border::reflect}) {
    std::array<int, 25> counts{};
    for (int i = 0; i < many; ++i) {
      Random random(4, Purpose::augment, 0, static_cast<std::uint64_t>(i));
      Image image = picture;
      const auto moved = shifted_crop({2, border, {50, 60, 70}}, image, random, scratch);
      const int right = moved ? static_cast<int>(moved->matrix[2]) : 0;
      const int down = moved ? static_cast<int>(moved->matrix[5]) : 0;
      ++counts[static_cast<std::size_t>(5 * (right + 2) + down + 2)];
      for (int y = 0; y < 9; ++y) {
        for (int x = 0; x < 11; ++x) {
          int from_x = x - right, from_y = y - down;
          const bool inside = from_x >= 0 && from_x < 11 && from_y >= 0 && from_y < 9;
          // 1 2 [3 4 5 ... ] 4 3: the outermost pixel is not repeated.
          from_x = from_x < 0 ? -from_x : from_x > 10 ? 20 - from_x : from_x;
          from_y = from_y < 0 ? -from_y : from_y > 8 ? 16 - from_y : from_y;
          for (int c = 0; c < 3; ++c) {
            const int wanted =
                inside || border == Border::reflect
                    ? picture.pixels[static_cast<std::size_t>(3 * (11 * from_y + from_x) + c)]
                    : 50 + 10 * c;
            ASSERT_EQ(image.pixels[static_cast<std::size_t>(3 * (11 * y + x) + c)], wanted);
          }
        }
      }
    }
    for (const int count : counts) EXPECT_NEAR(count, many / 25.0, 5 * std::sqrt(many / 25.0));
  }
}

TEST(PictureDraws, RemovedPartsHaveTheirSizes) {
  PictureScratch scratch;
  double erased = 0;
  for (int i = 0; i < 500; ++i) {
    Random random(4, Purpose::augment, 0, static_cast<std::uint64_t>(i));
    Image image{1, 40, 50, std::vector<std::uint8_t>(2000, 1)};
    random_erasing({.probability = 1}, image, random, scratch);
    const auto count = static_cast<double>(std::count(image.pixels.begin(), image.pixels.end(), 0));
    ASSERT_TRUE(count == 0 || count > 0.02 * 2000 * 0.8) << count;
    ASSERT_LT(count, 0.33 * 2000 * 1.2);
    erased += count / 2000;

    std::fill(image.pixels.begin(), image.pixels.end(), std::uint8_t{1});
    cutout({.size = 6}, image, random, scratch);
    const auto cut = std::count(image.pixels.begin(), image.pixels.end(), 0);
    ASSERT_GE(cut, 9);  // its centre is inside
    ASSERT_LE(cut, 36);
  }
  EXPECT_NEAR(erased / 500, 0.17, 0.03);

  Random random(4, Purpose::test);
  Image image{3, 40, 50, std::vector<std::uint8_t>(6000, 1)};
  random_erasing({.probability = 1, .min_scale = 0.3, .noise = true}, image, random, scratch);
  const std::set<int> levels(image.pixels.begin(), image.pixels.end());
  EXPECT_GT(levels.size(), 200U);
}

TEST(PictureDraws, NothingIsDoneByZero) {
  PictureScratch scratch;
  const Image picture = test::noise_image(3, 3, 21, 11);
  Image image = picture;
  for (std::uint64_t id = 0; id < 20; ++id) {
    Random random(4, Purpose::augment, 0, id);
    EXPECT_FALSE(colour_jitter({0, 0, 0, 0}, image, random, scratch));
    EXPECT_FALSE(shifted_crop({0}, image, random, scratch));
    EXPECT_FALSE(rand_augment({.operations = 0}, image, random, scratch));
    EXPECT_FALSE(cutout({.size = 0}, image, random, scratch));
    rotation({.degrees = 0}, image, random, scratch);
    perspective({.distortion = 0, .probability = 1}, image, random, scratch);
    scale_jitter({.min_scale = 1, .max_scale = 1}, image, random, scratch);
    EXPECT_EQ(image, picture);
  }
}

TEST(PictureDraws, ColourJitterUsesEveryOrder) {
  PictureScratch scratch;
  const Image picture = test::noise_image(3, 3, 4, 4);
  std::set<std::string> results;
  // Two changes that do not commute, with strengths that vary little.
  for (std::uint64_t id = 0; id < 64; ++id) {
    Random random(4, Purpose::augment, 0, id);
    Image image = picture;
    colour_jitter({.brightness = 1, .contrast = 1, .saturation = 1, .hue = 0.5}, image, random,
                  scratch);
    results.insert(bytes(image));
  }
  EXPECT_EQ(results.size(), 64U);
}

// tools/golden/make_pictures.py.
TEST(PictureDraws, OperationsAreTorchvisionsToOneGreyLevel) {
  const auto cases = golden::read("picture-operations.txt");
  ASSERT_EQ(cases.size(), 56U);
  PictureScratch scratch;
  for (const auto& [name, arrays] : cases) {
    SCOPED_TRACE(name);
    const auto& shape = arrays.at("shape");
    const auto number = [&](std::size_t i) { return static_cast<std::int64_t>(shape.at(i)); };
    Image image =
        test::noise_image(static_cast<std::uint32_t>(shape[0]), number(1), number(2), number(3));
    for (std::uint8_t& pixel : image.pixels) {
      pixel = static_cast<std::uint8_t>(40 + pixel * pixel / 400);
    }
    const auto& parameters = arrays.at("parameters");
    const Strength strength = parameters[0] == 0 ? rand_augment_strength(image.height, image.width)
                                                 : trivial_augment_strength();
    apply_operation(static_cast<Operation>(parameters[1]), strength, parameters[2],
                    {Filter::nearest, {}}, image, scratch);
    const auto& wanted = arrays.at("pixels");
    ASSERT_EQ(image.pixels.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) ASSERT_NEAR(image.pixels[i], wanted[i], 1) << i;
  }
}

TEST(PictureDraws, EveryOperationIsChosen) {
  PictureScratch scratch;
  const Image picture = test::noise_image(3, 3, 32, 32);
  const Sampling sampling{Filter::nearest, {}};
  std::set<std::string> results;
  for (std::uint64_t id = 0; id < 1000; ++id) {
    Random random(4, Purpose::augment, 0, id);
    Image image = picture;
    apply_random_operation(rand_augment_strength(32, 32), 0.5, sampling, image, random, scratch);
    results.insert(bytes(image));
  }
  // Nine operations have two directions. Each direction gives a different image.
  std::set<std::string> wanted;
  for (int i = 0; i < operations; ++i) {
    for (const double part : {0.5, -0.5}) {
      if (part < 0 && (i == 0 || i > static_cast<int>(Operation::sharpness))) continue;
      Image image = picture;
      apply_operation(static_cast<Operation>(i), rand_augment_strength(32, 32), part, sampling,
                      image, scratch);
      wanted.insert(bytes(image));
    }
  }
  EXPECT_EQ(results, wanted);
  EXPECT_GT(wanted.size(), 20U);
}

}  // namespace
}  // namespace ridgeline::data
