#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "data/loader.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

constexpr std::size_t images = 40;
const Shape shape{1, 4, 5};

// Images that are not in memory, and how often they were read. Images with odd numbers are not
// bytes.
class Slow final : public SampleSource {
 public:
  std::size_t size() const override { return images; }
  Shape image_shape() const override { return shape; }
  void read(std::size_t index, std::span<float> pixels) const override {
    if (index == broken) throw DataError("broken");
    ++reads;
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      pixels[i] = static_cast<float>((index * 7 + i * 11) % 256) / 255;
      if (index % 2 == 1) pixels[i] /= 3;
    }
  }
  mutable std::atomic<int> reads = 0;
  std::size_t broken = images;
};

std::vector<float> epoch_of(const Dataset& data) {
  std::vector<float> all;
  Loader loader(data, {.batch = 7, .threads = 3});
  loader.start(0);
  while (const Batch* batch = loader.next()) {
    all.insert(all.end(), batch->inputs.begin(), batch->inputs.end());
  }
  return all;
}

TEST(Cached, ReadsEachImageOnceAndGivesItUnchanged) {
  const auto source = std::make_shared<Slow>();
  const Dataset plain(source, std::vector<std::int32_t>(images, 0), {"a"});
  const Dataset kept = plain.cache();
  const auto expected = epoch_of(plain);
  source->reads = 0;
  for (int epoch = 0; epoch < 3; ++epoch) EXPECT_EQ(epoch_of(kept), expected);
  EXPECT_EQ(source->reads, static_cast<int>(images));
  // Parts and copies of the data share the cache.
  EXPECT_EQ(epoch_of(kept.take(10)).size(), 10U * 20);
  EXPECT_EQ(source->reads, static_cast<int>(images));
  EXPECT_EQ(kept.names(), plain.names());
}

TEST(Cached, KeepsNoMoreThanItMay) {
  const auto source = std::make_shared<Slow>();
  const Dataset plain(source, std::vector<std::int32_t>(images, 0), {"a"});
  const auto expected = epoch_of(plain);
  source->reads = 0;
  const Dataset some = plain.cache({.limit = 5 * 20});  // five images of bytes
  for (int epoch = 0; epoch < 3; ++epoch) EXPECT_EQ(epoch_of(some), expected);
  EXPECT_LT(source->reads, 3 * static_cast<int>(images));
  EXPECT_GE(source->reads, 3 * static_cast<int>(images) - 10);
  source->reads = 0;
  const Dataset none = plain.cache({.limit = 1});
  for (int epoch = 0; epoch < 2; ++epoch) EXPECT_EQ(epoch_of(none), expected);
  EXPECT_EQ(source->reads, 2 * static_cast<int>(images));
}

TEST(Cached, ThreadsReadTheSameImageAtOnce) {
  const auto source = std::make_shared<Slow>();
  const Dataset plain(source, std::vector<std::int32_t>(images, 0), {"a"});
  const Dataset kept = plain.cache();
  const auto expected = epoch_of(plain);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] { EXPECT_EQ(epoch_of(kept), expected); });
  }
}

TEST(Cached, AnErrorIsTheSourcesAndKeepsNothing) {
  const auto source = std::make_shared<Slow>();
  const Dataset kept = Dataset(source, std::vector<std::int32_t>(images, 0), {"a"}).cache();
  source->broken = 3;
  std::vector<float> pixels(20);
  EXPECT_THROW(kept.read(3, pixels), DataError);
  source->broken = images;
  kept.read(3, pixels);
  EXPECT_EQ(pixels[0], 21.0F / 255 / 3);
}

TEST(Cached, WhatIsInMemoryStaysAsItIs) {
  const std::vector<std::uint8_t> bytes(60, 9);
  const Dataset data =
      from_memory(bytes, {1, 4, 5}, ImageLayout::nchw, std::vector<std::int32_t>{0, 1, 0});
  EXPECT_TRUE(data.cache().in_memory());
  EXPECT_TRUE(Dataset().cache().empty());
}

}  // namespace
}  // namespace ridgeline::data
