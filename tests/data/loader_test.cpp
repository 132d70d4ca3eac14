#include "data/loader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "folder.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

using test::message_of;
using testing::HasSubstr;

constexpr std::size_t kImages = 103;
const Shape kShape{3, 6, 5};

Dataset sample() {
  std::vector<std::uint8_t> pixels(kImages * 90);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = (i * 31 + i / 90) % 256;
  std::vector<std::int32_t> labels(kImages);
  for (std::size_t i = 0; i < kImages; ++i) labels[i] = static_cast<int>(i % 7);
  return from_memory(pixels, kShape, ImageLayout::nchw, labels);
}

struct Seen {
  std::vector<std::int64_t> sizes;
  std::vector<std::uint64_t> ids;
  std::vector<std::int32_t> labels;
  std::vector<float> pixels, values;
  friend bool operator==(const Seen&, const Seen&) = default;
};

template <typename T>
void append(std::vector<T>& all, std::span<const T> more) {
  all.insert(all.end(), more.begin(), more.end());
}

Seen rest_of_epoch(Loader& loader) {
  Seen seen;
  while (const Batch* batch = loader.next()) {
    if (batch->fill) {  // in two parts, the later one first
      const std::int64_t half = batch->images / 2;
      batch->fill(half, batch->images - half);
      batch->fill(0, half);
    }
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(batch->inputs.data()) % 64, 0u);
    seen.sizes.push_back(batch->images);
    seen.ids.insert(seen.ids.end(), batch->ids.begin(), batch->ids.end());
    for (const TensorView& target : batch->targets) {
      EXPECT_EQ(target.images(), batch->images);
      if (target.name() == class_tensor) {
        append(seen.labels, target.values<std::int32_t>());
      } else {
        append(seen.values, target.values<float>());
      }
    }
    seen.pixels.insert(seen.pixels.end(), batch->inputs.begin(), batch->inputs.end());
  }
  return seen;
}

LoaderOptions everything(int threads) {
  return {.batch = 8,
          .shuffle = true,
          .seed = 4,
          .augment = {{Augmentation::Kind::flip}, {Augmentation::Kind::crop, 2}},
          .threads = threads,
          .ahead = 3};
}

LoaderOptions mixing(int threads) {
  LoaderOptions options = everything(threads);
  options.augment.push_back({Augmentation::Kind::mixup, 0.4});
  options.augment.push_back({Augmentation::Kind::noise, 0.1});
  options.augment.push_back({Augmentation::Kind::cutmix, 1});
  options.augment.push_back({Augmentation::Kind::cutout, 2});
  return options;
}

TEST(Loader, MixedBatchesDependOnTheImageAlone) {
  Loader first(sample(), mixing(1));
  for (const std::int64_t epoch : {0, 1}) {
    first.start(epoch);
    const Seen expected = rest_of_epoch(first);
    ASSERT_EQ(expected.values.size(), kImages * 7);
    for (const bool lazy : {false, true}) {
      for (const int threads : {1, 4}) {
        LoaderOptions options = mixing(threads);
        options.lazy = lazy;
        Loader loader(sample(), options);
        loader.start(epoch);
        EXPECT_EQ(rest_of_epoch(loader), expected) << lazy << threads;
        loader.start(epoch, 5);
        const Seen rest = rest_of_epoch(loader);
        EXPECT_TRUE(std::equal(rest.values.begin(), rest.values.end(),
                               expected.values.begin() + 40 * 7, expected.values.end()));
        options.shuffle = false;
        options.batch = 50;
        Loader ordered(sample(), options);
        ordered.start(epoch);
        const Seen other = rest_of_epoch(ordered);
        for (std::size_t i = 0; i < kImages; ++i) {
          const std::size_t id = expected.ids[i];
          EXPECT_TRUE(std::equal(expected.values.begin() + i * 7,
                                 expected.values.begin() + (i + 1) * 7,
                                 other.values.begin() + id * 7));
          EXPECT_TRUE(std::equal(expected.pixels.begin() + i * 90,
                                 expected.pixels.begin() + (i + 1) * 90,
                                 other.pixels.begin() + id * 90));
        }
      }
    }
  }
}

// Images of a single number, a thousandth of their index, show which two were mixed, and how.
Dataset numbers(bool with_classes) {
  std::vector<float> pixels(kImages), targets;
  std::vector<std::int32_t> labels;
  for (std::size_t i = 0; i < kImages; ++i) {
    pixels[i] = static_cast<float>(i) / 1000;
    targets.push_back(static_cast<float>(i));
    targets.push_back(-2 * static_cast<float>(i));
    labels.push_back(static_cast<int>(i % 2));
  }
  const auto images = memory_images(pixels, {1, 1, 1}, ImageLayout::nchw);
  return with_classes ? Dataset(images, labels, {"even", "odd"}) : Dataset(images, targets, 2);
}

TEST(Loader, TargetsAreMixedAsTheImagesAre) {
  LoaderOptions options{.batch = 10, .shuffle = true, .augment = {{Augmentation::Kind::mixup, 1}}};
  Loader values(numbers(false), options), classes(numbers(true), options);
  values.start(3);
  classes.start(3);
  const Seen v = rest_of_epoch(values), c = rest_of_epoch(classes);
  EXPECT_TRUE(v.labels.empty() && c.labels.empty());
  ASSERT_EQ(c.values.size(), 2 * kImages);
  EXPECT_EQ(c.pixels, v.pixels);
  int moved = 0, between = 0;
  for (std::size_t i = 0; i < kImages; ++i) {
    EXPECT_NEAR(v.values[2 * i], 1000 * v.pixels[i], 1e-3);
    EXPECT_NEAR(v.values[2 * i + 1], -2000 * v.pixels[i], 2e-3);
    moved += std::abs(1000 * v.pixels[i] - static_cast<float>(v.ids[i])) > 0.1F;
    EXPECT_EQ(c.values[2 * i] + c.values[2 * i + 1], 1);
    between += c.values[2 * i] > 0.01F && c.values[2 * i] < 0.99F;
  }
  EXPECT_GT(moved, 80);
  EXPECT_GT(between, 30) << "two of different classes";

  double sum = 0;
  EXPECT_TRUE(classes.mixes());
  classes.for_mixed_targets(3, [&](const Targets& targets) {
    ASSERT_EQ(targets.at(probabilities_tensor).row_size(), 2);
    sum += targets[0].values<float>()[1];
  });
  double expected = 0;
  for (std::size_t i = 0; i < kImages; ++i) expected += c.values[2 * i + 1];
  EXPECT_NEAR(sum, expected, 1e-9);
  EXPECT_FALSE(Loader(numbers(true), {.batch = 10}).mixes());
}

TEST(Loader, MixingNeedsNoLabels) {
  const std::vector<float> pixels{0, 1, 2, 3, 4};
  Loader loader(from_memory(pixels, {1, 1, 1}, ImageLayout::nchw, {}),
                {.batch = 5, .augment = {{Augmentation::Kind::cutmix, 1}}});
  loader.start(0);
  const Batch* batch = loader.next();
  ASSERT_NE(batch, nullptr);
  EXPECT_TRUE(batch->targets.empty());
  Loader none(Dataset(), {.augment = {{Augmentation::Kind::mixup, 1}}});
  none.start(0);
  EXPECT_EQ(none.next(), nullptr);
}

TEST(Loader, LazyBatchesAreTheSame) {
  Loader eager(sample(), everything(2));
  LoaderOptions options = everything(2);
  options.lazy = true;
  Loader lazy(sample(), options);
  for (const std::int64_t epoch : {0, 1}) {
    eager.start(epoch, epoch);
    lazy.start(epoch, epoch);
    EXPECT_EQ(rest_of_epoch(lazy), rest_of_epoch(eager));
  }
  lazy.start(0);
  EXPECT_TRUE(lazy.next()->fill);
  eager.start(0);
  EXPECT_FALSE(eager.next()->fill);
}

// A source that is slow to read: it does not claim to be in memory.
class SlowImages final : public SampleSource {
 public:
  std::size_t size() const override { return 2; }
  Shape image_shape() const override { return kShape; }
  void read(std::size_t, std::span<float> pixels) const override {
    std::ranges::fill(pixels, 1.0F);
  }
};

TEST(Loader, WhatIsNotInMemoryIsReadAhead) {
  const Dataset data(std::make_shared<SlowImages>(), {0, 1}, {"a", "b"});
  EXPECT_FALSE(data.in_memory());
  Loader loader(data, {.batch = 2, .lazy = true});
  loader.start(0);
  const Batch* batch = loader.next();
  EXPECT_FALSE(batch->fill);
  EXPECT_EQ(batch->inputs[0], 1.0F);
}

TEST(Loader, InOrderWithoutShuffle) {
  const Dataset data = sample();
  Loader loader(data, {.batch = 20});
  EXPECT_EQ(loader.batches(), 6);
  EXPECT_EQ(loader.next(), nullptr) << "before start";
  loader.start(0);
  const Seen seen = rest_of_epoch(loader);
  EXPECT_THAT(seen.sizes, testing::ElementsAre(20, 20, 20, 20, 20, 3));
  std::vector<float> image(90);
  for (std::size_t i = 0; i < kImages; ++i) {
    EXPECT_EQ(seen.ids[i], i);
    EXPECT_EQ(seen.labels[i], data.label(i));
    data.read(i, image);
    EXPECT_TRUE(std::equal(image.begin(), image.end(), seen.pixels.begin() + i * 90));
  }
  EXPECT_EQ(loader.next(), nullptr);
}

TEST(Loader, EveryEpochHasEachImageOnceInAnOrderOfItsOwn) {
  Loader loader(sample(), everything(2));
  std::vector<std::vector<std::uint64_t>> orders;
  for (int epoch = 0; epoch < 3; ++epoch) {
    loader.start(epoch);
    const Seen seen = rest_of_epoch(loader);
    std::vector<std::uint64_t> sorted = seen.ids;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < kImages; ++i) ASSERT_EQ(sorted[i], i);
    for (std::size_t i = 0; i < kImages; ++i) {
      EXPECT_EQ(seen.labels[i], static_cast<int>(seen.ids[i] % 7));
    }
    EXPECT_NE(seen.ids, sorted);
    orders.push_back(seen.ids);
  }
  EXPECT_NE(orders[0], orders[1]);
  EXPECT_NE(orders[1], orders[2]);
}

TEST(Loader, TheNumberOfThreadsChangesNothing) {
  std::vector<Seen> epochs;
  for (int threads : {1, 2, 5}) {
    Loader loader(sample(), everything(threads));
    for (std::size_t epoch = 0; epoch < 3; ++epoch) {
      loader.start(static_cast<std::int64_t>(epoch));
      const Seen seen = rest_of_epoch(loader);
      if (threads == 1) {
        epochs.push_back(seen);
      } else {
        EXPECT_EQ(seen, epochs[epoch]) << threads << " threads, epoch " << epoch;
      }
    }
  }
  EXPECT_NE(epochs[0].pixels, epochs[1].pixels);
}

TEST(Loader, AugmentationFollowsTheImageNotItsPlace) {
  LoaderOptions options = everything(2);
  Loader shuffled(sample(), options);
  options.shuffle = false;
  options.batch = 50;
  Loader ordered(sample(), options);
  shuffled.start(2);
  ordered.start(2);
  const Seen a = rest_of_epoch(shuffled), b = rest_of_epoch(ordered);
  for (std::size_t i = 0; i < kImages; ++i) {
    EXPECT_TRUE(std::equal(a.pixels.begin() + i * 90, a.pixels.begin() + (i + 1) * 90,
                           b.pixels.begin() + a.ids[i] * 90));
  }
}

TEST(Loader, ResumesInsideAnEpoch) {
  Loader loader(sample(), everything(2));
  loader.start(1);
  const Seen whole = rest_of_epoch(loader);
  loader.start(1, 9);
  const Seen rest = rest_of_epoch(loader);
  ASSERT_EQ(rest.sizes.size(), whole.sizes.size() - 9);
  EXPECT_TRUE(std::equal(rest.ids.begin(), rest.ids.end(), whole.ids.begin() + 72));
  EXPECT_TRUE(std::equal(rest.pixels.begin(), rest.pixels.end(), whole.pixels.begin() + 72 * 90));
  loader.start(1, loader.batches());
  EXPECT_EQ(loader.next(), nullptr);
}

TEST(Loader, StartsAgainAndEndsInTheMiddle) {
  Loader fresh(sample(), everything(5));
  fresh.start(0);
  const Seen whole = rest_of_epoch(fresh);
  for (int taken = 0; taken < 6; ++taken) {
    Loader loader(sample(), everything(5));
    loader.start(7);
    for (int i = 0; i < taken; ++i) ASSERT_NE(loader.next(), nullptr);
    loader.start(0);
    EXPECT_EQ(rest_of_epoch(loader), whole);
    loader.start(1);
    for (int i = 0; i < taken; ++i) ASSERT_NE(loader.next(), nullptr);
  }
}

TEST(Loader, ABatchStaysValidUntilTheNext) {
  Loader loader(sample(), {.batch = 1, .threads = 2, .ahead = 1});
  loader.start(0);
  const Dataset data = sample();
  std::vector<float> image(90);
  for (std::size_t i = 0; const Batch* batch = loader.next(); ++i) {
    for (int wait = 0; wait < 100; ++wait) std::this_thread::yield();
    data.read(i, image);
    ASSERT_TRUE(std::equal(image.begin(), image.end(), batch->inputs.begin()));
  }
}

TEST(Loader, BatchLargerThanTheData) {
  Loader loader(sample(), {.batch = 1'000'000'000});
  EXPECT_EQ(loader.batches(), 1);
  loader.start(0);
  EXPECT_THAT(rest_of_epoch(loader).sizes, testing::ElementsAre(103));
}

TEST(Loader, TargetsOfValues) {
  const std::vector<float> pixels(5);
  const auto images = memory_images(pixels, {1, 1, 1}, ImageLayout::nchw);
  Loader loader(Dataset(images, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 2), {.batch = 3});
  loader.start(0, 1);
  const Batch* batch = loader.next();
  ASSERT_NE(batch, nullptr);
  const TensorView& values = batch->targets.at(values_tensor);
  EXPECT_EQ(values.row(), Shape{2});
  EXPECT_THAT(values.values<float>(), testing::ElementsAre(6, 7, 8, 9));
}

TEST(Loader, NoLabelsAndNoImages) {
  const std::vector<float> pixels(5);
  Loader loader(from_memory(pixels, {1, 1, 1}, ImageLayout::nchw, {}), {.batch = 5});
  loader.start(0);
  const Batch* batch = loader.next();
  ASSERT_NE(batch, nullptr);
  EXPECT_TRUE(batch->targets.empty());
  Loader none(Dataset(), {});
  none.start(0);
  EXPECT_EQ(none.batches(), 0);
  EXPECT_EQ(none.next(), nullptr);
}

TEST(Loader, Refuses) {
  const auto make = [](const LoaderOptions& options) { return [=] { Loader(sample(), options); }; };
  EXPECT_THAT(message_of<UsageError>(make({.batch = 0})), HasSubstr("at least 1, not 0"));
  EXPECT_THAT(message_of<UsageError>(make({.threads = 0})), HasSubstr("threads"));
  EXPECT_THAT(message_of<UsageError>(make({.ahead = -1})), HasSubstr("not -1"));
  EXPECT_THAT(message_of<UsageError>(make({.augment = {{Augmentation::Kind::crop, 5}}})),
              HasSubstr("smaller than the images of 3x6x5"));
  EXPECT_THAT(message_of<UsageError>(make({.augment = {{Augmentation::Kind::cutout, 6}}})),
              HasSubstr("not be larger than the images of 3x6x5"));
}

}  // namespace
}  // namespace ridgeline::data
