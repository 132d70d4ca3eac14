#include <gtest/gtest.h>

#include <numeric>

#include "experiment/build.hpp"

namespace ridgeline::experiment {
namespace {

/// A source of 100 images of ten classes. An image's pixel is its number.
Experiment of_a_hundred(std::int64_t limit) {
  register_source({.name = "hundred",
                   .title = "A hundred images",
                   .folders = {},
                   .markers = {"."},
                   .how_to_get = "",
                   .open = [](const std::filesystem::path&) {
                     std::vector<std::uint8_t> pixels(100);
                     std::iota(pixels.begin(), pixels.end(), std::uint8_t{0});
                     std::vector<std::int32_t> labels;
                     for (int i = 0; i < 100; ++i) labels.push_back(i % 10);
                     const auto data = from_memory(pixels, {1, 1, 1}, ImageLayout::nchw, labels);
                     return TrainTest{data, data};
                   }});
  Experiment experiment;
  experiment.data.source = "hundred";
  experiment.data.path = ".";
  experiment.data.limit = limit;
  return experiment;
}

TEST(Limit, TakesTheClassesInTheirShares) {
  const Images images = load_images(of_a_hundred(20));
  ASSERT_EQ(images.train.size(), 20u);
  EXPECT_EQ(images.test.size(), 100u) << "the test set stays whole";
  std::vector<int> counts(10);
  for (std::size_t i = 0; i < images.train.size(); ++i) ++counts.at(images.train.label(i));
  EXPECT_EQ(counts, std::vector<int>(10, 2));
}

TEST(Limit, IsTheSameForEverySeed) {
  Experiment experiment = of_a_hundred(20);
  const Images images = load_images(experiment);
  experiment.train.seed = 7;
  const Images others = load_images(experiment);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(images.train.id(i), others.train.id(i));
}

TEST(Limit, ZeroAndMoreThanThereAreMeanAll) {
  EXPECT_EQ(load_images(of_a_hundred(0)).train.size(), 100u);
  EXPECT_EQ(load_images(of_a_hundred(100)).train.size(), 100u);
  EXPECT_EQ(load_images(of_a_hundred(1000)).train.size(), 100u);
}

}  // namespace
}  // namespace ridgeline::experiment
