#include "ridgeline/tensor_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "ridgeline/error.hpp"

namespace ridgeline {
namespace {

using testing::ElementsAre;

std::vector<float> ramp(std::size_t count) {
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), 0.0f);
  return values;
}

TEST(TensorView, HasOneRowForEachImage) {
  const auto numbers = ramp(12);
  const TensorView view("values", std::span(numbers), {2, 2});
  EXPECT_EQ(view.name(), "values");
  EXPECT_EQ(view.type(), ElementType::f32);
  EXPECT_EQ(view.images(), 3);
  EXPECT_EQ(view.rows(), 3);
  EXPECT_EQ(view.shape(), (Shape{3, 2, 2}));
  EXPECT_THAT(view.values<float>(1), ElementsAre(4, 5, 6, 7));
  EXPECT_FALSE(view.ragged());
}

TEST(TensorView, ASliceOfASliceIsInTheSameMemory) {
  const std::vector<std::int32_t> labels{5, 6, 7, 8, 9};
  const TensorView view("class", std::span(labels), {});
  const TensorView part = view.slice(1, 3).slice(1, 2);
  EXPECT_EQ(part.images(), 2);
  EXPECT_EQ(part.shape(), Shape{2});
  EXPECT_THAT(part.values<std::int32_t>(), ElementsAre(7, 8));
  EXPECT_EQ(part.values<std::int32_t>().data(), labels.data() + 2);
  EXPECT_EQ(view.slice(5, 0).images(), 0);
}

TEST(TensorView, RaggedImagesHaveAnyNumberOfRows) {
  const auto numbers = ramp(10);
  const std::vector<std::int64_t> offsets{0, 2, 2, 5};
  const TensorView view("boxes", std::span(numbers), {2}, offsets);
  EXPECT_TRUE(view.ragged());
  EXPECT_EQ(view.images(), 3);
  EXPECT_EQ(view.rows(), 5);
  EXPECT_EQ(view.rows(0), 2);
  EXPECT_EQ(view.rows(1), 0);
  EXPECT_TRUE(view.values<float>(1).empty());
  const TensorView last = view.slice(1, 2);
  EXPECT_EQ(last.images(), 2);
  EXPECT_EQ(last.shape(), (Shape{3, 2}));
  EXPECT_THAT(last.values<float>(1), ElementsAre(4, 5, 6, 7, 8, 9));
  EXPECT_THAT(last.values<float>(), ElementsAre(4, 5, 6, 7, 8, 9));
  EXPECT_EQ(view.slice(1, 1).rows(), 0);
}

TEST(Tensors, AreFoundByName) {
  const auto numbers = ramp(4);
  const std::vector<std::uint8_t> mask{1, 2, 3, 4, 5, 6, 7, 8};
  const Tensors tensors{TensorView("heat", std::span(numbers), {2}),
                        TensorView("mask", std::span(mask), {2, 2})};
  EXPECT_EQ(tensors.images(), 2);
  EXPECT_EQ(tensors.find("boxes"), nullptr);
  EXPECT_THAT(tensors.at("mask").values<std::uint8_t>(1), ElementsAre(5, 6, 7, 8));
  EXPECT_THAT(tensors.slice(1, 1).at("heat").values<float>(), ElementsAre(2, 3));
  EXPECT_THAT([&] { tensors.at("boxes"); },
              testing::ThrowsMessage<UsageError>("there is no tensor 'boxes', only heat, mask"));
  EXPECT_EQ(Tensors().images(), 0);
}

}  // namespace
}  // namespace ridgeline
