#include "data/augment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "folder.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

using test::message_of;
using testing::HasSubstr;

const Shape kShape{2, 3, 4};

std::vector<float> ramp() {
  std::vector<float> pixels(24);
  for (int i = 0; i < 24; ++i) pixels[i] = static_cast<float>(i + 1);
  return pixels;
}

std::vector<float> augmented(const std::vector<Augmentation>& all, std::uint64_t image) {
  std::vector<float> pixels = ramp(), scratch(24);
  Random random(3, Purpose::augment, 0, image);
  augment(all, kShape, random, pixels, scratch);
  return pixels;
}

float at(const std::vector<float>& pixels, int c, int y, int x) {
  const bool inside = y >= 0 && y < 3 && x >= 0 && x < 4;
  return inside ? pixels[(c * 3 + y) * 4 + x] : 0.0f;
}

TEST(ParseAugmentation, KnownAndUnknown) {
  EXPECT_EQ(parse_augmentation("flip"), (Augmentation{Augmentation::Kind::flip, 0}));
  EXPECT_EQ(parse_augmentation("crop:4"), (Augmentation{Augmentation::Kind::crop, 4}));
  const std::vector<std::string> both{"flip", "crop:2"};
  EXPECT_EQ(parse_augmentations(both).size(), 2u);
  for (const char* text :
       {"crop:", "crop:0", "crop:-1", "crop:4x", "crop:1.5", "crop:99999999999"}) {
    EXPECT_THAT(message_of<UsageError>([&] { parse_augmentation(text); }), HasSubstr(text));
  }
  for (const char* text : {"", "flop", "flip ", "crop"}) {
    EXPECT_THAT(message_of<UsageError>([&] { parse_augmentation(text); }),
                HasSubstr("no augmentation"));
  }
}

TEST(Augment, FlipMirrorsHalfOfTheImages) {
  std::vector<float> mirrored(24);
  for (int c = 0; c < 2; ++c) {
    for (int y = 0; y < 3; ++y) {
      for (int x = 0; x < 4; ++x) mirrored[(c * 3 + y) * 4 + x] = at(ramp(), c, y, 3 - x);
    }
  }
  int flipped = 0;
  for (int image = 0; image < 1000; ++image) {
    const auto pixels = augmented({{Augmentation::Kind::flip}}, image);
    if (pixels == mirrored) {
      ++flipped;
    } else {
      ASSERT_EQ(pixels, ramp());
    }
  }
  EXPECT_NEAR(flipped, 500, 80);  // five standard deviations
}

TEST(Augment, CropShiftsAllWaysEquallyAndFillsWithZeros) {
  std::map<std::pair<int, int>, int> seen;
  for (int image = 0; image < 2500; ++image) {
    const auto pixels = augmented({{Augmentation::Kind::crop, 2}}, image);
    bool found = false;
    for (int down = -2; down <= 2 && !found; ++down) {
      for (int right = -2; right <= 2 && !found; ++right) {
        found = true;
        for (int i = 0; i < 24 && found; ++i) {
          found = pixels[i] == at(ramp(), i / 12, i / 4 % 3 - down, i % 4 - right);
        }
        if (found) ++seen[{down, right}];
      }
    }
    ASSERT_TRUE(found) << "image " << image << " is no shift of the original";
  }
  EXPECT_EQ(seen.size(), 25u);
  for (const auto& [shift, count] : seen) EXPECT_NEAR(count, 100, 50);
}

TEST(Augment, DependsOnTheImageAlone) {
  const std::vector<Augmentation> both{{Augmentation::Kind::flip}, {Augmentation::Kind::crop, 2}};
  EXPECT_EQ(augmented(both, 5), augmented(both, 5));
  int different = 0;
  for (int image = 0; image < 20; ++image)
    different += augmented(both, image) != augmented(both, 99);
  EXPECT_GT(different, 10);
}

}  // namespace
}  // namespace ridgeline::data
