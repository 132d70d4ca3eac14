#include "data/augment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

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

// The other image of the mix.
std::vector<float> other_ramp() {
  std::vector<float> pixels(24);
  for (int i = 0; i < 24; ++i) pixels[i] = static_cast<float>(100 + i * i);
  return pixels;
}

std::vector<float> augmented(const std::vector<Augmentation>& all, std::uint64_t image,
                             const std::optional<Mix>& mix = std::nullopt) {
  std::vector<float> pixels = ramp();
  Scratch scratch(24);
  Random random(3, Purpose::augment, 0, image);
  augment(
      all, kShape, mix,
      [](std::size_t, std::span<float> to) { std::ranges::copy(other_ramp(), to.begin()); }, random,
      pixels, scratch);
  return pixels;
}

Mix drawn(const std::vector<Augmentation>& all, std::uint64_t image, const Shape& shape = kShape) {
  Random random(3, Purpose::mix, 0, image);
  return draw_mix(all, shape, 50, random);
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
  EXPECT_EQ(parse_augmentation("cutout:8"), (Augmentation{Augmentation::Kind::cutout, 8}));
  EXPECT_EQ(parse_augmentation("noise:0.05"), (Augmentation{Augmentation::Kind::noise, 0.05}));
  EXPECT_EQ(parse_augmentation("noise:0"), (Augmentation{Augmentation::Kind::noise, 0}));
  EXPECT_EQ(parse_augmentation("mixup:0.2"), (Augmentation{Augmentation::Kind::mixup, 0.2}));
  EXPECT_EQ(parse_augmentation("cutmix:1"), (Augmentation{Augmentation::Kind::cutmix, 1}));
  for (const char* text :
       {"mixup:0", "mixup:-1", "mixup:", "mixup:nan", "mixup:inf", "cutmix:0", "cutmix:1,5",
        "cutout:0", "cutout:2.5", "cutout:-4", "noise:-0.1", "noise:x"}) {
    EXPECT_THAT(message_of<UsageError>([&] { parse_augmentation(text); }),
                HasSubstr(std::string("augmentation \"") + text + "\": "));
  }
  EXPECT_EQ(message_of<UsageError>([&] { parse_augmentation("mixup:0"); }),
            "augmentation \"mixup:0\": mixup wants an alpha above 0, as in \"mixup:0.2\"");
  for (const char* text : {"", "flop", "flip ", "Mixup:1"}) {
    EXPECT_THAT(message_of<UsageError>([&] { parse_augmentation(text); }),
                HasSubstr("no augmentation"));
  }
  EXPECT_EQ(message_of<UsageError>([&] { parse_augmentation("flip:1"); }),
            "augmentation \"flip:1\": flip has no options");
}

TEST(ParseAugmentation, AnUnknownOneIsAskedForByTheNearest) {
  for (const auto& [text, near] : {std::pair{"flop", "flip"},
                                   {"horizontl_flip", "horizontal_flip"},
                                   {"rand-augment:3", "rand_augment"},
                                   {"resize_crop", "resized_crop"},
                                   {"cutmx:1", "cutmix"}}) {
    const std::string name = std::string(text).substr(0, std::string(text).find(':'));
    EXPECT_EQ(message_of<UsageError>([&] { parse_augmentation(text); }),
              "there is no augmentation '" + name + "': did you mean '" + near + "'?");
  }
  // If no name is similar, the message lists all.
  const std::string all = message_of<UsageError>([] { parse_augmentation("sdfghjkl:3"); });
  for (const Kind& kind : augmentation_kinds()) EXPECT_THAT(all, HasSubstr(kind.name));
}

TEST(ParseAugmentation, EveryKindIsInOneTable) {
  std::set<std::string> names;
  for (const Kind& kind : augmentation_kinds()) {
    EXPECT_TRUE(names.insert(kind.name).second) << kind.name << " is there twice";
    EXPECT_FALSE(kind.meaning.empty() && !kind.name.starts_with("own")) << kind.name;
    for (const Option& option : kind.options) EXPECT_FALSE(option.meaning.empty()) << kind.name;
  }
  for (const char* name :
       {"flip", "crop", "mixup", "resized_crop", "rotation", "colour_cutout", "rand_augment"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(ParseAugmentation, OptionsOfPicturesAreChecked) {
  const auto refusal = [](const char* text) {
    return message_of<UsageError>([&] { parse_augmentation(text); });
  };
  EXPECT_EQ(refusal("rotation:181"),
            "augmentation \"rotation:181\": degrees must be at most 180, not 181");
  EXPECT_EQ(refusal("rotation:degres=3"), "rotation has no key 'degres': did you mean 'degrees'?");
  EXPECT_THAT(refusal("rotation:filter=cubic"),
              HasSubstr("filter must be \"nearest\" or \"bilinear\", not \"cubic\""));
  EXPECT_THAT(refusal("resized_crop:min_scale=0.5,max_scale=0.2"),
              HasSubstr("min_scale of the augmentation resized_crop must be at most max_scale"));
  EXPECT_THAT(refusal("crop:m=3"), HasSubstr("crop has no key 'm'"));
  EXPECT_THAT(refusal("crop:n=0"), HasSubstr("n must be at least 1, not 0"));
  EXPECT_THAT(refusal("rotation:fill=[1,2]"), HasSubstr("fill must be one number or 3 of them"));
  EXPECT_THAT(refusal("rotation:fill=[1,2,3"), HasSubstr("does not end in ]"));
  EXPECT_THAT(refusal("rotation:fill=[1,x,3]"), HasSubstr("'x' is no whole number"));
  EXPECT_NO_THROW(parse_augmentation("rotation:fill=[1, 2, 3],degrees=4"));
  EXPECT_NO_THROW(parse_augmentation("rotation:degrees=4,fill=7"));
}

TEST(ParseAugmentation, AMissingNumberIsAskedFor) {
  EXPECT_EQ(message_of<UsageError>([] { parse_augmentation("crop"); }),
            "augmentation \"crop\": crop wants a whole number of pixels of at least 1, as in "
            "\"crop:4\"");
  EXPECT_THAT(message_of<UsageError>([] { parse_augmentation("mixup"); }),
              HasSubstr("mixup wants an alpha above 0"));
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

TEST(CheckFits, CropsAreSmallerThanTheImageAndCutoutsNotLarger) {
  using Kind = Augmentation::Kind;
  const auto refusal = [](Kind kind, double number) {
    return message_of<UsageError>([&] {
      check_fits(std::vector<Augmentation>{{Kind::flip}, {kind, number}}, kShape);
    });
  };
  EXPECT_NO_THROW(
      check_fits(std::vector<Augmentation>{{Kind::crop, 2}, {Kind::cutout, 3}}, kShape));
  EXPECT_EQ(refusal(Kind::crop, 3),
            "augmentation \"crop:3\" must be smaller than the images of 2x3x4");
  EXPECT_EQ(refusal(Kind::cutout, 4),
            "augmentation \"cutout:4\" must not be larger than the images of 2x3x4");
}

// Each pixel is equally often the centre, and the box is cut off at the border.
TEST(Augment, CutoutIsASquareOfZerosAnywhere) {
  for (const int size : {1, 2, 3}) {
    std::map<std::pair<int, int>, int> seen;  // by the centre
    for (int image = 0; image < 2400; ++image) {
      const auto pixels = augmented({{Augmentation::Kind::cutout, double(size)}}, image);
      bool found = false;
      for (int row = 0; row < 3 && !found; ++row) {
        for (int column = 0; column < 4 && !found; ++column) {
          const int top = row - size / 2, left = column - size / 2;
          found = true;
          for (int i = 0; i < 24 && found; ++i) {
            const int y = i / 4 % 3, x = i % 4;
            const bool cut = y >= top && y < top + size && x >= left && x < left + size;
            found = pixels[i] == (cut ? 0 : ramp()[i]);
          }
          if (found) ++seen[{row, column}];
        }
      }
      ASSERT_TRUE(found) << "image " << image;
    }
    EXPECT_EQ(seen.size(), 12u) << size;
    for (const auto& [centre, count] : seen) EXPECT_NEAR(count, 200, 70);
  }
}

TEST(Augment, NoiseHasItsDeviationAndMean) {
  double sum = 0, square = 0;
  constexpr int images = 4000;
  for (int image = 0; image < images; ++image) {
    const auto pixels = augmented({{Augmentation::Kind::noise, 0.25}}, image);
    for (int i = 0; i < 24; ++i) {
      const double added = pixels[i] - ramp()[i];
      sum += added;
      square += added * added;
    }
  }
  constexpr double n = images * 24;
  EXPECT_NEAR(sum / n, 0, 5 * 0.25 / std::sqrt(n));
  EXPECT_NEAR(std::sqrt(square / n), 0.25, 0.004);
  EXPECT_EQ(augmented({{Augmentation::Kind::noise, 0}}, 1), ramp());
}

TEST(Mix, MixupAddsTheShares) {
  const std::vector<Augmentation> all{{Augmentation::Kind::mixup, 0.5}};
  double share = 0, square = 0;
  std::vector<int> chosen(50);
  for (int image = 0; image < 5000; ++image) {
    const Mix mix = drawn(all, image);
    ++chosen.at(mix.other);
    share += mix.share / 5000;
    square += mix.share * mix.share / 5000;
    const auto pixels = augmented(all, image, mix);
    for (int i = 0; i < 24; ++i) {
      ASSERT_NEAR(pixels[i], mix.share * ramp()[i] + (1 - mix.share) * other_ramp()[i], 1e-3);
    }
  }
  EXPECT_NEAR(share, 0.5, 0.03);
  EXPECT_NEAR(square - share * share, 1.0 / 8, 0.01) << "the variance of Beta(1/2, 1/2)";
  for (const int count : chosen) EXPECT_NEAR(count, 100, 50);
}

TEST(Mix, CutmixPutsInABoxAndCountsItsPixels) {
  const std::vector<Augmentation> all{{Augmentation::Kind::cutmix, 1}};
  int whole = 0, none = 0;
  for (int image = 0; image < 1000; ++image) {
    const Mix mix = drawn(all, image);
    const auto pixels = augmented(all, image, mix);
    int others = 0;
    for (int i = 0; i < 24; ++i) {
      const int y = i / 4 % 3, x = i % 4;
      const bool inside =
          y >= mix.box.top && y < mix.box.bottom && x >= mix.box.left && x < mix.box.right;
      ASSERT_EQ(pixels[i], inside ? other_ramp()[i] : ramp()[i]);
      others += inside;
    }
    ASSERT_NEAR(mix.share, 1 - others / 24.0, 1e-12);
    whole += others == 24;
    none += others == 0;
  }
  EXPECT_LT(whole + none, 700);
}

// On a large image. Only the border changes the share of the box.
TEST(Mix, CutmixBoxesAreOfTheImagesProportions) {
  const Shape shape{1, 200, 100};
  double uncut = 0;
  for (int image = 0; image < 2000; ++image) {
    const Mix::Box box = drawn({{Augmentation::Kind::cutmix, 1}}, image, shape).box;
    if (box.top == 0 || box.left == 0 || box.bottom == 200 || box.right == 100) continue;
    EXPECT_NEAR(static_cast<double>(box.bottom - box.top),
                2.0 * static_cast<double>(box.right - box.left), 2);
    ++uncut;
  }
  EXPECT_GT(uncut, 100);
}

TEST(Mix, OfTwoWaysEachImageTakesOne) {
  const std::vector<Augmentation> all{
      {Augmentation::Kind::mixup, 1}, {Augmentation::Kind::flip}, {Augmentation::Kind::cutmix, 1}};
  int cut = 0;
  for (int image = 0; image < 1000; ++image) {
    const std::size_t which = drawn(all, image).which;
    ASSERT_TRUE(which == 0 || which == 2);
    cut += which == 2;
  }
  EXPECT_NEAR(cut, 500, 80);
  EXPECT_TRUE(mixes(all));
  EXPECT_FALSE(mixes(std::vector<Augmentation>{{Augmentation::Kind::flip}}));
}

// The other image goes through the augmentations before the mix, with random numbers of its own.
// The mixture goes through those after the mix.
TEST(Mix, IsOneOfTheAugmentationsInOrder) {
  using Kind = Augmentation::Kind;
  const auto mirrored = [](std::vector<float> pixels) {
    for (auto row = pixels.begin(); row != pixels.end(); row += 4) std::reverse(row, row + 4);
    return pixels;
  };
  std::map<std::pair<bool, bool>, int> seen;  // which of the two images was mirrored
  for (int image = 0; image < 400; ++image) {
    const auto pixels =
        augmented({{Kind::flip}, {Kind::mixup, 1}}, image, Mix{.which = 1, .share = 0.5});
    for (const bool own : {false, true}) {
      for (const bool other : {false, true}) {
        const auto a = own ? mirrored(ramp()) : ramp();
        const auto b = other ? mirrored(other_ramp()) : other_ramp();
        bool same = true;
        for (int i = 0; i < 24; ++i) same = same && pixels[i] == 0.5F * a[i] + 0.5F * b[i];
        seen[{own, other}] += same;
      }
    }
  }
  ASSERT_EQ(seen.size(), 4u);
  int all = 0;
  for (const auto& [which, count] : seen) {
    EXPECT_NEAR(count, 100, 45);
    all += count;
  }
  EXPECT_EQ(all, 400);
  const auto noisy =
      augmented({{Kind::mixup, 1}, {Kind::cutout, 3}}, 1, Mix{.which = 0, .share = 0.5});
  EXPECT_GE(std::ranges::count(noisy, 0.0F), 8) << "cut out of the mixture";
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
