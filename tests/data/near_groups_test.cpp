#include "data/inspection/near_groups.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <set>

#include "support/photos.hpp"
#include "tensor/random.hpp"

namespace ridgeline::data {
namespace {

using test::photo;
using testing::ElementsAre;
using testing::IsEmpty;

Image brighter(Image image, int levels) {
  for (std::uint8_t& pixel : image.pixels) {
    pixel = static_cast<std::uint8_t>(std::clamp(pixel + levels, 0, 255));
  }
  return image;
}

TEST(PixelHash, TellsPixelsSizesAndChannelsApart) {
  const Image image = photo(1);
  std::set<std::uint64_t> hashes{pixel_hash(image)};
  EXPECT_EQ(pixel_hash(photo(1)), *hashes.begin());
  for (std::size_t k = 0; k < image.pixels.size(); k += 100) {
    Image other = image;
    other.pixels[k] ^= 1;
    hashes.insert(pixel_hash(other));
  }
  EXPECT_EQ(hashes.size(), 1 + (image.pixels.size() + 99) / 100);
  const std::vector<std::uint8_t> same(12, 7);
  EXPECT_EQ((std::set{pixel_hash(Image{3, 2, 2, same}), pixel_hash(Image{3, 1, 4, same}),
                      pixel_hash(Image{1, 3, 4, same}), pixel_hash(Image{1, 4, 3, same})})
                .size(),
            4U);
}

TEST(PerceptualHash, SurvivesSizeBrightnessAndGrey) {
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    const Image image = photo(seed, 96, 128);
    const PerceptualHash hash = perceptual_hash(image);
    ASSERT_TRUE(tells_apart(hash));
    EXPECT_TRUE(looks_alike(hash, perceptual_hash(brighter(image, 5)))) << seed;
    EXPECT_TRUE(
        looks_alike(hash, perceptual_hash(image::resize(image, {60, 80}, image::Filter::bilinear))))
        << seed;
    EXPECT_FALSE(looks_alike(hash, perceptual_hash(photo(seed + 1, 96, 128)))) << seed;
  }
}

TEST(PerceptualHash, BlankImagesAreLikeNoOther) {
  const Image blank{3, 20, 20, std::vector<std::uint8_t>(1200, 200)};
  EXPECT_FALSE(tells_apart(perceptual_hash(blank)));
  EXPECT_FALSE(looks_alike(perceptual_hash(blank), perceptual_hash(blank)));
  EXPECT_FALSE(tells_apart(perceptual_hash(Image{1, 1, 1, {9}})));
}

// Every pair that looks alike is in one group, and only such pairs join groups, as if each image
// was compared with all others.
TEST(NearGroups, AreThoseOfComparingAllPairs) {
  Random random(3, Purpose::test);
  const auto word = [&] { return std::uint64_t{random.bits()} << 32 | random.bits(); };
  std::vector<PerceptualHash> hashes;
  for (int i = 0; i < 4000; ++i) {
    PerceptualHash hash{word(), {word(), word(), word(), word()}};
    if (i % 3 == 1) {  // near an earlier one, some beyond the limit
      hash = hashes[random.below(hashes.size())];
      for (std::uint64_t flips = random.below(7); flips > 0; --flips) {
        hash.coarse ^= std::uint64_t{1} << random.below(64);
      }
      for (std::uint64_t flips = random.below(24); flips > 0; --flips) {
        hash.fine[random.below(4)] ^= std::uint64_t{1} << random.below(64);
      }
    } else if (i % 3 == 2) {  // crowded: few bits differ between all of these
      hash.coarse &= 0xFFF;
    }
    hashes.push_back(hash);
  }
  std::vector<std::size_t> set(hashes.size());
  for (std::size_t i = 0; i < set.size(); ++i) set[i] = i;
  const auto root = [&](std::size_t i) {
    while (set[i] != i) i = set[i];
    return i;
  };
  for (std::size_t a = 0; a < hashes.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      if (looks_alike(hashes[a], hashes[b]))
        set[std::max(root(a), root(b))] = std::min(root(a), root(b));
    }
  }
  std::map<std::size_t, std::vector<std::uint32_t>> expected;
  for (std::uint32_t i = 0; i < set.size(); ++i) expected[root(i)].push_back(i);
  std::erase_if(expected, [](const auto& group) { return group.second.size() < 2; });
  std::vector<std::vector<std::uint32_t>> groups;
  for (auto& [first, members] : expected) groups.push_back(members);
  ASSERT_GT(groups.size(), 200U);
  EXPECT_EQ(near_groups(hashes), groups);
}

TEST(NearGroups, OfFewOrNone) {
  EXPECT_THAT(near_groups({}), IsEmpty());
  const std::vector<PerceptualHash> hashes{perceptual_hash(photo(1)), perceptual_hash(photo(2)),
                                           perceptual_hash(photo(1))};
  EXPECT_THAT(near_groups(hashes), ElementsAre(ElementsAre(0U, 2U)));
}

}  // namespace
}  // namespace ridgeline::data
