#include "data/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Summary, CountsClassesAndMeasuresChannels) {
  // Two images of two channels of two pixels.
  const std::vector<float> pixels{0, 1, 0.5, 0.5, 1, 0, 0.25, 0.75};
  const std::vector<std::int32_t> labels{2, 2};
  const Summary summary = summarize(
      from_memory(pixels, {2, 1, 2}, ImageLayout::nchw, labels, {"cat", "dog", "elephant"}));
  EXPECT_EQ(summary.images, 2u);
  EXPECT_EQ(summary.measured, 2u);
  EXPECT_EQ(summary.classes[0].images, 0u);
  EXPECT_EQ(summary.classes[2].images, 2u);
  EXPECT_THAT(summary.mean, ElementsAre(0.5, 0.5));
  EXPECT_THAT(summary.deviation, ElementsAre(0.5, DoubleNear(std::sqrt(0.03125), 1e-12)));
  EXPECT_THAT(text(summary), HasSubstr("2 images of 2x1x2"));
  EXPECT_THAT(text(summary), HasSubstr("elephant         2  100.0%"));
}

TEST(Summary, MeasuresASampleSpreadOverTheSet) {
  const std::vector<float> pixels{0, 9, 1, 9};
  const Dataset data = from_memory(pixels, {1, 1, 1}, ImageLayout::nchw, {});
  EXPECT_THAT(summarize(data, 2).mean, ElementsAre(0.5));
  EXPECT_THAT(summarize(data, 0).mean, ElementsAre(4.75));
  EXPECT_TRUE(summarize(data).classes.empty());
  EXPECT_EQ(summarize(Dataset()).images, 0u);
  EXPECT_FALSE(text(summarize(Dataset())).empty());
}

// The numbers that everybody normalises CIFAR-10 by.
TEST(Summary, OfRealCifar10) {
  TrainTest data;
  try {
    data = cifar10();
  } catch (const ResourceError& error) {
    GTEST_SKIP() << error.what();
  }
  const Summary summary = summarize(data.train);
  EXPECT_THAT(summary.mean, ElementsAre(DoubleNear(0.4914, 3e-3), DoubleNear(0.4822, 3e-3),
                                        DoubleNear(0.4465, 3e-3)));
  EXPECT_THAT(summary.deviation, ElementsAre(DoubleNear(0.2470, 3e-3), DoubleNear(0.2435, 3e-3),
                                             DoubleNear(0.2616, 3e-3)));
}

}  // namespace
}  // namespace ridgeline::data
