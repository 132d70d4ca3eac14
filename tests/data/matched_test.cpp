#include "data/matched.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/folder.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Dataset pictures(std::vector<std::int32_t> labels, std::vector<std::string> names) {
  const std::vector<float> pixels(labels.size());
  return from_memory(pixels, {1, 1, 1}, ImageLayout::nchw, labels, std::move(names));
}

TEST(Matched, ClassesGoByTheirNames) {
  const Dataset validation = pictures({0, 1, 1}, {"c", "a"});
  const Dataset matched = with_names(validation, {"a", "b", "c"});
  EXPECT_THAT(matched.names(), ElementsAre("a", "b", "c"));
  EXPECT_EQ(matched.label(0), 2);
  EXPECT_EQ(matched.label(1), 0);
  EXPECT_EQ(matched.size(), 3u);
  EXPECT_EQ(matched.id(2), 2u);
  const std::vector<std::size_t> last{2};
  EXPECT_EQ(with_names(validation.subset(last), {"a", "b", "c"}).size(), 1u);
}

TEST(Matched, UnknownClassesAreRefused) {
  const Dataset others = pictures({0, 1}, {"a", "dog"});
  EXPECT_THAT(test::message_of<DataError>([&] {
                with_names(others, {"a", "b"});
              }),
              HasSubstr("have the names a, dog, and those that were trained on have a, b"));
  EXPECT_EQ(with_names(others, {}).names(), others.names()) << "nothing is known of the model";
  EXPECT_TRUE(with_names(Dataset(), {"a"}).empty());
}

}  // namespace
}  // namespace ridgeline::data
