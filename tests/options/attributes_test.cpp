#include "ridgeline/attributes.hpp"

#include <gtest/gtest.h>

#include <array>

#include "support/expect_error.hpp"

namespace ridgeline {
namespace {

using Integers = std::vector<std::int64_t>;
using Reals = std::vector<double>;

const Attributes all = {{"flag", true},
                        {"count", 3},
                        {"rate", 0.5},
                        {"word", "same"},
                        {"sizes", Integers{1, 2}},
                        {"means", Reals{0.25, 1}}};

TEST(Attributes, ReadWhatIsThereElseTheFallback) {
  EXPECT_TRUE(all.boolean("flag", false));
  EXPECT_EQ(all.integer("count", 0), 3);
  EXPECT_EQ(all.real("rate", 0), 0.5);
  EXPECT_EQ(all.text("word", ""), "same");
  EXPECT_EQ(all.integers("sizes", {}), (Integers{1, 2}));
  EXPECT_EQ(all.reals("means", {}), (Reals{0.25, 1}));

  EXPECT_FALSE(all.boolean("absent", false));
  EXPECT_EQ(all.integer("absent", 7), 7);
  EXPECT_EQ(all.real("absent", 7), 7);
  EXPECT_EQ(all.text("absent", "seven"), "seven");
  EXPECT_EQ(all.integers("absent", {7}), Integers{7});
  EXPECT_EQ(all.reals("absent", {7}), Reals{7});
}

TEST(Attributes, WholeNumbersServeAsRealOnesAndAsPairs) {
  EXPECT_EQ(all.real("count", 0), 3.0);
  EXPECT_EQ(all.reals("count", {}), Reals{3});
  EXPECT_EQ(all.reals("rate", {}), Reals{0.5});
  EXPECT_EQ(all.reals("sizes", {}), (Reals{1, 2}));
  EXPECT_EQ(all.integers("count", {}), (Integers{3, 3}));
}

TEST(Attributes, RefuseOtherTypesByName) {
  EXPECT_USAGE_ERROR(all.boolean("count", false), "count must be true or false, not 3");
  EXPECT_USAGE_ERROR(all.integer("rate", 0), "rate must be a whole number, not 0.5");
  EXPECT_USAGE_ERROR(all.real("word", 0), "word must be a number, not 'same'");
  EXPECT_USAGE_ERROR(all.text("flag", ""), "flag must be a text, not true");
  EXPECT_USAGE_ERROR(all.integers("means", {}),
                     "means must be a whole number or a list of them, not [0.25, 1]");
  EXPECT_USAGE_ERROR(all.reals("word", {}), "word must be a list of numbers, not 'same'");
}

TEST(Attributes, SetReplacesInPlace) {
  Attributes attributes = {{"a", 1}, {"b", 2}};
  attributes.set("a", "one");
  attributes.set("c", 3);
  EXPECT_EQ(attributes, (Attributes{{"a", "one"}, {"b", 2}, {"c", 3}}));
}

TEST(Attributes, ExpectOnlySuggestsTheNearestKey) {
  constexpr std::array<std::string_view, 3> known = {"filters", "kernel", "stride"};
  EXPECT_NO_THROW((Attributes{{"kernel", 3}}.expect_only("conv2d", known)));
  EXPECT_USAGE_ERROR((Attributes{{"filter", 3}}.expect_only("conv2d", known)),
                     "conv2d has no key 'filter': did you mean 'filters'?");
  EXPECT_USAGE_ERROR((Attributes{{"momentum", 3}}.expect_only("conv2d", known)),
                     "conv2d has no key 'momentum': known are filters, kernel, stride");
  EXPECT_USAGE_ERROR((Attributes{{"filter", 3}}.expect_only("flatten", {})),
                     "flatten has no key 'filter': there are none");
}

TEST(Nearest, FindsMistypedWordsAndNoOthers) {
  constexpr std::array<std::string_view, 5> known = {"relu", "leaky_relu", "sigmoid", "max_pool2d",
                                                     "add"};
  EXPECT_EQ(nearest("rleu", known), "relu");
  EXPECT_EQ(nearest("LeakyReLU", known), "leaky_relu");
  EXPECT_EQ(nearest("sigmiod", known), "sigmoid");
  EXPECT_EQ(nearest("MaxPool2d", known), "max_pool2d");
  EXPECT_EQ(nearest("max_pool", known), "max_pool2d");
  EXPECT_EQ(nearest("lstm", known), "");
  EXPECT_EQ(nearest("", known), "");
  EXPECT_EQ(nearest("x", known), "");
  EXPECT_EQ(nearest("relu", {}), "");
}

}  // namespace
}  // namespace ridgeline
