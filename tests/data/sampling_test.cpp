#include "data/sampling.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "data/loader.hpp"
#include "folder.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

using test::message_of;
using testing::HasSubstr;

// `counts` images of each class. An image's pixels are its number.
Dataset images_of(const std::vector<int>& counts, std::int64_t side = 8) {
  std::vector<std::int32_t> labels;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    labels.insert(labels.end(), static_cast<std::size_t>(counts[c]), static_cast<std::int32_t>(c));
  }
  const auto pixels_of_one = static_cast<std::size_t>(side * side);
  std::vector<std::uint8_t> pixels;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    for (std::size_t k = 0; k < pixels_of_one; ++k) {
      pixels.push_back(static_cast<std::uint8_t>((i + 3 * k) % 256));
    }
  }
  std::vector<std::string> names;
  for (std::size_t c = 0; c < counts.size(); ++c) names.push_back("class " + std::to_string(c));
  return from_memory(pixels, {1, side, side}, ImageLayout::nchw, labels, names);
}

std::map<std::int32_t, int> drawn_classes(const Dataset& data, const std::vector<Draw>& draws) {
  std::map<std::int32_t, int> counts;
  for (const Draw& draw : draws) ++counts[data.label(draw.image)];
  return counts;
}

TEST(BalancedSampling, DrawsEveryClassEquallyOften) {
  for (const std::vector<int>& counts :
       {std::vector<int>{100, 10, 1}, {7, 7, 7}, {1, 1, 200, 50}, {33}, {5, 0, 40}}) {
    const Dataset data = images_of(counts);
    const BalancedSampling sampling(data);
    const auto filled =
        static_cast<int>(std::ranges::count_if(counts, [](int count) { return count > 0; }));
    for (const std::uint64_t epoch : {0, 1, 9}) {
      const std::vector<Draw> draws = sampling.epoch(3, epoch);
      ASSERT_EQ(draws.size(), data.size());
      const auto classes = drawn_classes(data, draws);
      EXPECT_EQ(static_cast<int>(classes.size()), filled);
      const int share = static_cast<int>(data.size()) / filled;
      for (const auto& [label, count] : classes) {
        EXPECT_TRUE(count == share || count == share + 1) << label << ": " << count;
      }
    }
  }
}

TEST(BalancedSampling, WhatIsLeftOverGoesToEveryClassInTurn) {
  const Dataset data = images_of({3, 4});  // 7 draws
  const BalancedSampling sampling(data);
  std::set<std::int32_t> had_more;
  for (std::uint64_t epoch = 0; epoch < 20; ++epoch) {
    const auto classes = drawn_classes(data, sampling.epoch(1, epoch));
    had_more.insert(classes.at(0) > classes.at(1) ? 0 : 1);
  }
  EXPECT_EQ(had_more.size(), 2u);
}

TEST(BalancedSampling, RepeatsAnImageOnlyAfterTheOthersOfItsClass) {
  const Dataset data = images_of({90, 7, 2});
  const std::vector<Draw> draws = BalancedSampling(data).epoch(5, 2);
  std::map<std::size_t, std::set<std::uint32_t>> repeats;
  for (const Draw& draw : draws) {
    EXPECT_TRUE(repeats[draw.image].insert(draw.repeat).second) << "twice the same draw";
  }
  for (const auto& [image, seen] : repeats) {
    EXPECT_EQ(*seen.rbegin() + 1, seen.size()) << "repeats of image " << image << " have a gap";
    const std::size_t expected = image < 90 ? 1 : image < 97 ? 33 / 7 : 33 / 2;
    EXPECT_TRUE(seen.size() == expected || seen.size() == expected + 1)
        << image << ": " << seen.size();
  }
}

TEST(BalancedSampling, EveryImageOfALargeClassComesInTime) {
  const Dataset data = images_of({60, 4});
  const BalancedSampling sampling(data);
  std::map<std::size_t, int> seen;
  constexpr int epochs = 200;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    for (const Draw& draw : sampling.epoch(1, static_cast<std::uint64_t>(epoch))) {
      ++seen[draw.image];
    }
  }
  // 32 of 60 an epoch: 107 expected, with a deviation of 7.
  for (std::size_t i = 0; i < 60; ++i) EXPECT_NEAR(seen[i], 107, 35) << i;
}

TEST(BalancedSampling, DependsOnSeedAndEpochAlone) {
  const Dataset data = images_of({20, 3, 11});
  const BalancedSampling sampling(data);
  EXPECT_EQ(sampling.epoch(1, 4), BalancedSampling(data).epoch(1, 4));
  EXPECT_NE(sampling.epoch(1, 4), sampling.epoch(1, 5));
  EXPECT_NE(sampling.epoch(1, 4), sampling.epoch(2, 4));
}

TEST(BalancedSampling, SoftLabelsCountAsTheirMostProbableClass) {
  const std::vector<float> pixels(5, 0.5F);
  const Dataset data(memory_images(pixels, {1, 1, 1}, ImageLayout::nchw),
                     {0.9F, 0.1F, 0.8F, 0.2F, 0.6F, 0.4F, 1, 0, 0.3F, 0.7F},
                     TargetSchema{"classify", {"a", "b"}});
  const std::vector<Draw> draws = BalancedSampling(data).epoch(1, 0);
  const auto last = std::ranges::count_if(draws, [](const Draw& d) { return d.image == 4; });
  EXPECT_TRUE(last == 2 || last == 3) << last;
}

TEST(BalancedSampling, RefusesWhatHasNoClasses) {
  const std::vector<float> pixels(4, 0.5F);
  const auto images = memory_images(pixels, {1, 1, 1}, ImageLayout::nchw);
  const auto message = [](const Dataset& data) {
    return message_of<UsageError>([&] { std::ignore = BalancedSampling(data); });
  };
  EXPECT_THAT(message(Dataset(images)), HasSubstr("have no labels"));
  EXPECT_THAT(message(Dataset(images, {1, 2, 3, 4}, 1)), HasSubstr("their task is regress"));
  EXPECT_THAT(message(Dataset(images, {1, 0, 0, 1}, TargetSchema{"multi-label", {"tag"}})),
              HasSubstr("(their task is multi-label): set it to \"shuffle\""));
}

struct Epoch {
  std::vector<std::uint64_t> ids;
  std::vector<std::int32_t> labels;
  std::vector<float> pixels, shares;
  bool operator==(const Epoch&) const = default;
};

Epoch all(Loader& loader, std::int64_t epoch, std::int64_t first = 0) {
  Epoch seen;
  loader.start(epoch, first);
  while (const Batch* batch = loader.next()) {
    if (batch->fill) batch->fill(0, batch->images);
    seen.ids.insert(seen.ids.end(), batch->ids.begin(), batch->ids.end());
    seen.pixels.insert(seen.pixels.end(), batch->inputs.begin(), batch->inputs.end());
    for (const TensorView& target : batch->targets) {
      if (target.name() == class_tensor) {
        const auto labels = target.values<std::int32_t>();
        seen.labels.insert(seen.labels.end(), labels.begin(), labels.end());
      } else {
        const auto values = target.values<float>();
        seen.shares.insert(seen.shares.end(), values.begin(), values.end());
      }
    }
  }
  return seen;
}

LoaderOptions balanced(const Dataset& data, const std::vector<std::string>& augment) {
  return {.batch = 16,
          .shuffle = true,
          .balanced = std::make_shared<const BalancedSampling>(data),
          .seed = 2,
          .augment = parse_augmentations(augment)};
}

const std::vector<std::string> everything = {"resized_crop",  "rotation:20", "alternating_flip",
                                             "colour_jitter", "crop:2",      "noise:0.1",
                                             "mixup:0.4",     "cutmix:1"};

TEST(BalancedSampling, EachDrawOfAnImageIsAugmentedAnew) {
  const Dataset data = images_of({60, 1});
  // With each of these, it is extremely unlikely that two draws of an image are the same.
  for (const std::string name : {"resized_crop", "rotation:20", "crop:2", "noise:0.1"}) {
    Loader loader(data, balanced(data, {name}));
    const Epoch epoch = all(loader, 1);
    std::set<std::vector<float>> variants;
    std::set<std::uint64_t> ids;
    for (std::size_t k = 0; k < epoch.ids.size(); ++k) {
      if (image_of(epoch.ids[k]) != 60) continue;
      variants.emplace(epoch.pixels.begin() + static_cast<std::ptrdiff_t>(64 * k),
                       epoch.pixels.begin() + static_cast<std::ptrdiff_t>(64 * (k + 1)));
      ids.insert(epoch.ids[k]);
    }
    EXPECT_GE(ids.size(), 30u) << name;
    // A crop of 2 pixels has 25 places, and a box of a small image not many more.
    EXPECT_GE(variants.size(), name == "crop:2" || name == "resized_crop" ? 10u : ids.size())
        << name;
  }
}

TEST(BalancedSampling, AnAlternatingFlipAlternatesFromDrawToDraw) {
  const Dataset data = images_of({8, 1});  // four or five draws of the last image
  Loader loader(data, balanced(data, {"alternating_flip"}));
  std::map<std::uint64_t, std::vector<float>> draws;  // by their repeat
  for (const std::int64_t number : {0, 1}) {
    const Epoch epoch = all(loader, number);
    for (std::size_t k = 0; k < epoch.ids.size(); ++k) {
      if (image_of(epoch.ids[k]) != 8) continue;
      const auto at = epoch.pixels.begin() + static_cast<std::ptrdiff_t>(64 * k);
      std::vector<float> pixels(at, at + 64);
      const auto repeat = repeat_of(epoch.ids[k]);
      // One epoch later it is like the next draw.
      if (number == 1 && draws.contains(repeat + 1)) {
        EXPECT_EQ(pixels, draws.at(repeat + 1));
      }
      if (number == 0) draws[repeat] = std::move(pixels);
    }
  }
  ASSERT_GE(draws.size(), 4u);
  EXPECT_NE(draws[0], draws[1]);
  EXPECT_EQ(draws[0], draws[2]);
  EXPECT_EQ(draws[1], draws[3]);
}

TEST(BalancedSampling, BatchesDoNotDependOnThreads) {
  const Dataset data = images_of({40, 9, 2});
  Loader one(data, balanced(data, everything));
  const Epoch expected = all(one, 3);
  EXPECT_EQ(expected.ids.size(), data.size());
  ASSERT_EQ(expected.shares.size(), 3 * data.size());
  for (const bool lazy : {false, true}) {
    for (const int threads : {1, 4}) {
      LoaderOptions options = balanced(data, everything);
      options.threads = threads;
      options.lazy = lazy;
      Loader loader(data, options);
      EXPECT_EQ(all(loader, 3), expected) << lazy << threads;
      const Epoch rest = all(loader, 3, 2);  // like a resume inside an epoch
      EXPECT_TRUE(std::equal(rest.pixels.begin(), rest.pixels.end(),
                             expected.pixels.begin() + 2 * 16 * 64, expected.pixels.end()));
    }
  }
}

// The first draw of an image has the random numbers that it has without a sampler.
TEST(BalancedSampling, AFirstDrawIsAugmentedAsWhenShuffled) {
  const Dataset data = images_of({40, 9, 2});
  const std::vector<std::string> names = {"rotation:20", "alternating_flip", "crop:2", "noise:0.1"};
  LoaderOptions plain = balanced(data, names);
  plain.balanced = nullptr;
  Loader shuffled(data, plain), loader(data, balanced(data, names));
  const Epoch each = all(shuffled, 3), epoch = all(loader, 3);
  std::size_t compared = 0;
  for (std::size_t k = 0; k < epoch.ids.size(); ++k) {
    if (repeat_of(epoch.ids[k]) != 0) continue;
    const auto same = std::ranges::find(each.ids, epoch.ids[k]);
    ASSERT_NE(same, each.ids.end());
    const auto at = 64 * (same - each.ids.begin()), here = static_cast<std::ptrdiff_t>(64 * k);
    EXPECT_TRUE(std::equal(epoch.pixels.begin() + here, epoch.pixels.begin() + here + 64,
                           each.pixels.begin() + at));
    ++compared;
  }
  EXPECT_GT(compared, 15u);
}

// One class has black images, the other a single white one. So the mean says how often white is the
// other image.
TEST(BalancedSampling, TheOtherImageOfAMixtureIsOfAnyClass) {
  std::vector<float> pixels(400, 0.0F);
  std::vector<std::int32_t> labels(400, 0);
  pixels.back() = 1;
  labels.back() = 1;
  const Dataset data = from_memory(pixels, {1, 1, 1}, ImageLayout::nchw, labels);
  Loader loader(data, balanced(data, {"mixup:1"}));
  const Epoch epoch = all(loader, 0);
  double white = 0;
  for (std::size_t k = 0; k < 400; ++k) white += epoch.shares[2 * k + 1];
  EXPECT_NEAR(white / 400, 0.5, 0.06);
}

}  // namespace
}  // namespace ridgeline::data
