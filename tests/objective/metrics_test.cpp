#include "objective/metrics.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace ridgeline::objective {
namespace {

TEST(Metrics, TheLargestValueIsTheClassAndTheFirstOfEqualOnes) {
  EXPECT_EQ(predicted_class(std::vector<float>{-3, -1, -2}, Head::logits), 1);
  EXPECT_EQ(predicted_class(std::vector<float>{0.4f, 0.2f, 0.4f}, Head::output), 0);
}

TEST(Metrics, ASingleOutputHasItsMiddleWhereItsHeadHasIt) {
  const std::vector<float> quarter{0.25f}, below{-0.25f}, high{0.75f};
  EXPECT_EQ(predicted_class(quarter, Head::logits), 1);
  EXPECT_EQ(predicted_class(quarter, Head::output), 0);
  EXPECT_EQ(predicted_class(below, Head::logits), 0);
  EXPECT_EQ(predicted_class(high, Head::output), 1);
}

TEST(Metrics, InTopCountsWhatIsAhead) {
  const std::vector<float> values{0, 5, 4, 3, 2, 1, 6};
  EXPECT_TRUE(in_top(values, 6, 1));
  EXPECT_FALSE(in_top(values, 1, 1));
  EXPECT_TRUE(in_top(values, 4, 5));
  EXPECT_FALSE(in_top(values, 5, 5));
  EXPECT_TRUE(in_top(std::vector<float>{1, 2, 3}, 0, 5)) << "fewer classes than places";
}

TEST(Metrics, OfEqualValuesTheFirstAreInTop) {
  const std::vector<float> equal(10, 0.1f);
  for (std::int32_t c = 0; c < 10; ++c) {
    EXPECT_EQ(in_top(equal, c, 5), c < 5) << c;
    EXPECT_EQ(in_top(equal, c, 1), predicted_class(equal, Head::output) == c) << c;
  }
}

TEST(Metrics, AnImageWithANanIsNotRecognised) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Counts counts(6);
  std::vector<std::int32_t> labels;
  std::vector<float> values;
  for (std::int32_t place = 0; place < 6; ++place) {  // alone, everywhere, and where the truth is
    for (int c = 0; c < 6; ++c) values.push_back(place == 5 || c == place ? nan : 0.1F);
    labels.push_back(place);
    EXPECT_FALSE(in_top(std::span(values).last(6), place, 5));
    EXPECT_FALSE(in_top(std::span(values).last(6), place, 6));
  }
  counts.add(values, 6, class_targets(labels), Head::output);
  EXPECT_EQ(counts.images(), 6);
  EXPECT_EQ(counts.correct(), 0);
  EXPECT_EQ(counts.in_top5(), 0);
  EXPECT_EQ(counts.confusion(), std::vector(6, std::vector<std::int64_t>(6, 0)));
}

TEST(Metrics, TheTrueClassOfIndicesAndOfValues) {
  const std::vector<std::int32_t> classes{2, 0};
  EXPECT_EQ(true_class(class_targets(classes), 1), 0);
  const std::vector<float> soft{0.2f, 0.5f, 0.3f, 0, 0, 1}, binary{1, 0};
  EXPECT_EQ(true_class(value_targets(soft, 3), 0), 1);
  EXPECT_EQ(true_class(value_targets(soft, 3), 1), 2);
  EXPECT_EQ(true_class(value_targets(binary, 1), 0), 1);
  EXPECT_EQ(true_class(value_targets(binary, 1), 1), 0);
}

TEST(Metrics, CountsOverBatches) {
  Counts counts(3);
  EXPECT_EQ(counts.accuracy(), 0) << "of no images";
  const std::vector<float> first{9, 1, 2, 1, 9, 2}, second{1, 2, 9};
  const std::vector<std::int32_t> of_first{0, 2}, of_second{2};
  counts.add(first, 2, class_targets(of_first), Head::logits);
  counts.add(second, 1, class_targets(of_second), Head::logits);
  EXPECT_EQ(counts.images(), 3);
  EXPECT_EQ(counts.correct(), 2);
  EXPECT_DOUBLE_EQ(counts.accuracy(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(counts.top5(), 1);
  EXPECT_EQ(counts.confusion(),
            (std::vector<std::vector<std::int64_t>>{{1, 0, 0}, {0, 0, 0}, {0, 1, 1}}));
  counts.clear();
  EXPECT_EQ(counts.images() + counts.correct() + counts.in_top5(), 0);
  EXPECT_EQ(counts.confusion(), std::vector(3, std::vector<std::int64_t>(3, 0)));
}

TEST(Metrics, TopFiveOfMoreClasses) {
  Counts counts;
  std::vector<float> values;
  for (int image = 0; image < 8; ++image) {
    for (int c = 0; c < 8; ++c) values.push_back(static_cast<float>(c));
  }
  const std::vector<std::int32_t> labels{0, 1, 2, 3, 4, 5, 6, 7};
  counts.add(values, 8, class_targets(labels), Head::output);
  EXPECT_EQ(counts.correct(), 1);
  EXPECT_EQ(counts.in_top5(), 5);
  EXPECT_TRUE(counts.confusion().empty());
}

}  // namespace
}  // namespace ridgeline::objective
