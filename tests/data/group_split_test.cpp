// Splits and folds of a data set whose samples belong to groups.

#include <gtest/gtest.h>

#include <set>

#include "ridgeline/dataset.hpp"
#include "support/grouped_source.hpp"
#include "tensor/random.hpp"

namespace ridgeline::data {
namespace {

Dataset grouped(std::size_t images, std::uint64_t draw) {
  Random random(draw, Purpose::test);
  std::vector<std::int32_t> labels;
  std::vector<std::int64_t> groups;
  for (std::size_t i = 0; i < images; ++i) {
    labels.push_back(static_cast<std::int32_t>(random.below(3)));
    groups.push_back(static_cast<std::int64_t>(random.below(images / 4)) - 1);  // -1: its own
  }
  const std::vector<float> pixels(images);
  const Dataset plain(memory_images(pixels, {1, 1, 1}, ImageLayout::nchw), labels, {"a", "b", "c"});
  return Dataset(std::make_shared<const ridgeline::test::Grouped>(plain.source(), groups));
}

void expect_apart(const Split& split, std::size_t images) {
  std::set<std::int64_t> training;
  for (std::size_t i = 0; i < split.train.size(); ++i) training.insert(split.train.group(i));
  for (std::size_t i = 0; i < split.validation.size(); ++i) {
    const std::int64_t group = split.validation.group(i);
    ASSERT_TRUE(group == -1 || !training.contains(group)) << "group " << group << " on two sides";
  }
  EXPECT_EQ(split.train.size() + split.validation.size(), images);
  EXPECT_FALSE(split.train.empty());
  EXPECT_FALSE(split.validation.empty());
}

TEST(GroupSplit, NoGroupIsOnTwoSides) {
  for (std::uint64_t draw = 0; draw < 30; ++draw) {
    SCOPED_TRACE(draw);
    const std::size_t images = 40 + 5 * draw;
    const Dataset data = grouped(images, draw);
    expect_apart(stratified_split(data, 0.25, draw), images);
    std::size_t validated = 0;
    for (const Split& fold : stratified_folds(data, 4, draw)) {
      expect_apart(fold, images);
      validated += fold.validation.size();
      // A part of a part still has its groups.
      expect_apart(stratified_split(fold.train, 0.3, draw), fold.train.size());
    }
    EXPECT_EQ(validated, images);
  }
}

}  // namespace
}  // namespace ridgeline::data
