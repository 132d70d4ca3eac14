#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>

#include "data/pictures/table.hpp"
#include "ridgeline/error.hpp"
#include "support/noise_image.hpp"

namespace ridgeline::data {
namespace {

using testing::HasSubstr;

std::string refusal(std::string_view name, const Attributes& given) {
  try {
    make_picture_change(name, given);
  } catch (const UsageError& error) {
    return error.what();
  }
  return {};
}

TEST(PictureTable, DefaultsAreWithinTheirLimits) {
  EXPECT_EQ(picture_kinds().size(), 16U);
  for (const PictureKind& kind : picture_kinds()) {
    SCOPED_TRACE(kind.name);
    EXPECT_FALSE(kind.meaning.empty());
    Attributes all;
    for (const Option& option : kind.options) {
      EXPECT_FALSE(option.meaning.empty());
      all.set(option.name, option.value);
    }
    // Given defaults have the same effect as options that are left out.
    Image image = test::noise_image(1, 3, 15, 16), other = image;
    PictureScratch scratch;
    Random random(1, Purpose::augment), same(1, Purpose::augment);
    const auto one = make_picture_change(kind.name)(image, {1, 0, 0, random}, scratch);
    const auto two = make_picture_change(kind.name, all)(other, {1, 0, 0, same}, scratch);
    EXPECT_EQ(one, two);
    EXPECT_EQ(image, other);
  }
}

TEST(PictureTable, TheDocsSayEachOptionAndItsDefault) {
  const std::string path = std::string(RIDGELINE_TEST_DATA) + "/../../docs/augmentation.md";
  std::ifstream file(path);
  ASSERT_TRUE(file) << path;
  std::map<std::string, std::string> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("| `")) rows[line.substr(3, line.find('`', 3) - 3)] = line;
  }
  EXPECT_EQ(rows.size(), picture_kinds().size());
  for (const PictureKind& kind : picture_kinds()) {
    std::string options;
    for (const Option& option : kind.options) {
      options +=
          fmt::format("{}`{}` = {}", options.empty() ? " " : ", ", option.name, text(option.value));
    }
    EXPECT_TRUE(rows[kind.name].starts_with(fmt::format("| `{}` |{} |", kind.name, options)))
        << kind.name << ":" << options;
  }
}

TEST(PictureTable, OptionsArriveWhereTheyBelong) {
  const Image picture = test::noise_image(1, 3, 15, 16);
  PictureScratch scratch;
  Random random(1, Purpose::augment);
  const auto change = [&](std::string_view name, const Attributes& options) {
    Image image = picture;
    make_picture_change(name, options)(image, {1, 0, 0, random}, scratch);
    return image;
  };
  EXPECT_EQ(change("horizontal_flip", {{"probability", 0.0}}), picture);
  EXPECT_NE(change("horizontal_flip", {{"probability", std::int64_t{1}}}), picture);
  const Image filled =
      change("colour_cutout", {{"size", std::int64_t{100}}, {"fill", std::int64_t{7}}});
  EXPECT_EQ(filled.pixels, std::vector<std::uint8_t>(filled.pixels.size(), 7));
  const Image coloured = change(
      "colour_cutout", {{"size", std::int64_t{100}}, {"fill", std::vector<std::int64_t>{1, 2, 3}}});
  EXPECT_EQ(coloured.pixels[5], 3);
  EXPECT_NE(change("random_erasing", {{"probability", 1.0}, {"noise", true}}), picture);
  EXPECT_NE(change("shifted_crop", {{"pixels", std::int64_t{9}}, {"border", "reflect"}}), picture);
}

TEST(PictureTable, WhatIsWrongIsSaid) {
  EXPECT_THAT(refusal("horizontal_flp", {}), HasSubstr("did you mean 'horizontal_flip'?"));
  EXPECT_THAT(refusal("sdfghjkl", {}), HasSubstr("rand_augment"));
  EXPECT_THAT(refusal("blur", {{"sise", 3.0}}), HasSubstr("size"));
  EXPECT_THAT(refusal("rotation", {{"degrees", 181.0}}),
              HasSubstr("degrees must be at most 180, not 181"));
  EXPECT_THAT(refusal("rotation", {{"degrees", NAN}}),
              HasSubstr("degrees must be at least 0, not nan"));
  EXPECT_THAT(refusal("rotation", {{"degrees", "much"}}), HasSubstr("degrees must be a number"));
  EXPECT_THAT(refusal("rotation", {{"filter", "lanczos"}}),
              HasSubstr("\"nearest\" or \"bilinear\""));
  EXPECT_THAT(refusal("rotation", {{"fill", std::int64_t{256}}}),
              HasSubstr("fill must be at most 255, not 256"));
  EXPECT_THAT(refusal("rotation", {{"fill", std::vector<std::int64_t>{1, 2}}}),
              HasSubstr("fill must be one number or 3 of them, not 2"));
  EXPECT_THAT(refusal("shifted_crop", {{"pixels", 1.5}}), HasSubstr("a whole number"));
  EXPECT_THAT(refusal("shifted_crop", {{"pixels", std::int64_t{-1}}}),
              HasSubstr("pixels must be at least 0, not -1"));
  EXPECT_THAT(refusal("shifted_crop", {{"border", true}}), HasSubstr("border must be a text"));
  EXPECT_THAT(refusal("random_erasing", {{"noise", 1.0}}), HasSubstr("true or false"));
  EXPECT_THAT(refusal("blur", {{"min_sigma", 3.0}}),
              HasSubstr("min_sigma of the augmentation blur must be at most max_sigma"));
  EXPECT_THAT(refusal("affine", {{"max_scale", 0.5}}), HasSubstr("min_scale"));
  // Rules about several options.
  EXPECT_THAT(refusal("blur", {{"size", std::int64_t{4}}}), HasSubstr("odd"));
  EXPECT_THAT(refusal("rand_augment", {{"magnitude", std::int64_t{31}}}), HasSubstr("bins"));
}

}  // namespace
}  // namespace ridgeline::data
