// Compares the changes of pictures with torchvision's.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <map>

#include "image/blur.hpp"
#include "image/flip.hpp"
#include "image/geometry.hpp"
#include "image/levels.hpp"
#include "image/recolour.hpp"
#include "image/warp.hpp"
#include "ridgeline/error.hpp"
#include "support/golden.hpp"
#include "support/highway_targets.hpp"
#include "support/noise_image.hpp"

namespace ridgeline::image {
namespace {

using Numbers = std::vector<double>;

/// The image of tools/golden/make_pictures.py.
Image picture(std::uint32_t seed, std::int64_t channels, std::int64_t height, std::int64_t width) {
  Image image = test::noise_image(seed, channels, height, width);
  for (std::uint8_t& pixel : image.pixels) {
    pixel = static_cast<std::uint8_t>(40 + pixel * pixel / 400);
  }
  return image;
}

void warp_in_place(Image& image, const Transform& transform, Filter filter) {
  Image to;
  WarpScratch scratch;
  warp(image, transform, filter, {}, to, scratch);
  image = to;
}

void change_affine(Image& image, const Numbers& p, Filter filter) {
  warp_in_place(image,
                affine(image.height, image.width,
                       {.scale = p[0],
                        .shear_x = p[1],
                        .shear_y = p[2],
                        .degrees = p[3],
                        .right = p[4],
                        .down = p[5]}),
                filter);
}

void change_perspective(Image& image, const Numbers& p, Filter filter) {
  Corners from, to;
  for (std::size_t i = 0; i < 4; ++i) {
    from[i] = {p[2 * i], p[2 * i + 1]};
    to[i] = {p[8 + 2 * i], p[9 + 2 * i]};
  }
  warp_in_place(image, perspective(image.height, image.width, from, to), filter);
}

using Change = std::function<void(Image&, const Numbers&)>;

const std::map<std::string, Change>& changes() {
  static BlurScratch scratch;
  static const std::map<std::string, Change> all{
      {"brightness", [](Image& i, const Numbers& p) { adjust_brightness(i, p[0]); }},
      {"contrast", [](Image& i, const Numbers& p) { adjust_contrast(i, p[0]); }},
      {"saturation", [](Image& i, const Numbers& p) { adjust_saturation(i, p[0]); }},
      {"sharpness", [](Image& i, const Numbers& p) { adjust_sharpness(i, p[0], scratch); }},
      {"hue", [](Image& i, const Numbers& p) { adjust_hue(i, p[0]); }},
      {"grey", [](Image& i, const Numbers&) { make_grey(i); }},
      {"posterize", [](Image& i, const Numbers& p) { posterize(i, static_cast<int>(p[0])); }},
      {"solarize", [](Image& i, const Numbers& p) { solarize(i, p[0]); }},
      {"invert", [](Image& i, const Numbers&) { invert(i); }},
      {"autocontrast", [](Image& i, const Numbers&) { autocontrast(i); }},
      {"equalize", [](Image& i, const Numbers&) { equalize(i); }},
      {"blur",
       [](Image& i, const Numbers& p) { gaussian_blur(i, static_cast<int>(p[0]), p[1], scratch); }},
      {"affine-nearest", [](Image& i, const Numbers& p) { change_affine(i, p, Filter::nearest); }},
      {"affine-bilinear",
       [](Image& i, const Numbers& p) { change_affine(i, p, Filter::bilinear); }},
      {"perspective-nearest",
       [](Image& i, const Numbers& p) { change_perspective(i, p, Filter::nearest); }},
      {"perspective-bilinear",
       [](Image& i, const Numbers& p) { change_perspective(i, p, Filter::bilinear); }},
  };
  return all;
}

// The operations that do not differ by any level.
bool exact(const std::string& name) {
  return name == "posterize" || name == "solarize" || name == "invert" || name == "equalize" ||
         name.ends_with("nearest");
}

TEST(Pictures, AreTorchvisionsToOneGreyLevel) {
  const auto cases = golden::read("pictures.txt");
  ASSERT_GT(cases.size(), 70U);
  test::on_every_target([&] {
    std::size_t equal = 0, all = 0;
    for (const auto& [name, arrays] : cases) {
      SCOPED_TRACE(name);
      const std::string change = name.substr(0, name.rfind('-'));
      const auto& shape = arrays.at("shape");
      const auto number = [&](std::size_t i) { return static_cast<std::int64_t>(shape.at(i)); };
      Image image = picture(static_cast<std::uint32_t>(shape[0]), number(1), number(2), number(3));
      changes().at(change)(image, arrays.at("parameters"));
      const auto& wanted = arrays.at("pixels");
      ASSERT_EQ(image.pixels.size(), wanted.size());
      int worst = 0;
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        const int off = std::abs(image.pixels[i] - static_cast<int>(wanted[i]));
        worst = std::max(worst, off);
        equal += off == 0 ? 1 : 0;
        ++all;
      }
      EXPECT_LE(worst, exact(change) ? 0 : 1);
    }
    EXPECT_GT(static_cast<double>(equal), 0.95 * static_cast<double>(all));
    testing::Test::RecordProperty("equal", std::to_string(equal) + " of " + std::to_string(all));
  });
}

TEST(Pictures, EveryInstructionSetGivesTheSamePixels) {
  for (const std::int64_t channels : {1, 3}) {
    for (const std::int64_t size : {1, 2, 7, 31, 64, 101}) {
      const Image image = test::noise_image(9, channels, 40, size);
      std::vector<Image> results;
      test::on_every_target([&] {
        Image changed = image;
        WarpScratch scratch;
        warp(image, affine(33, 29, {.scale = 1.3, .shear_x = 12, .degrees = 31}), Filter::bilinear,
             {1, 2, 3}, changed, scratch);
        adjust_saturation(changed, 1.7);
        adjust_hue(changed, 0.31);
        adjust_contrast(changed, 0.8);
        BlurScratch memory;
        gaussian_blur(changed, 5, 1.3, memory);
        adjust_sharpness(changed, 0.4, memory);
        results.push_back(changed);
      });
      for (const Image& one : results) EXPECT_EQ(one, results.front());
    }
  }
}

TEST(Pictures, ChangesByNothingLeaveTheImage) {
  for (const std::int64_t channels : {1, 3}) {
    for (const auto& [height, width] : {std::pair{1, 1}, {1, 9}, {9, 1}, {2, 2}, {17, 23}}) {
      const Image image = test::noise_image(5, channels, height, width);
      for (const auto& [name, parameters] :
           std::map<std::string, Numbers>{{"brightness", {1}},
                                          {"contrast", {1}},
                                          {"saturation", {1}},
                                          {"sharpness", {1}},
                                          {"posterize", {8}},
                                          {"solarize", {256}},
                                          {"blur", {1, 1}},
                                          {"affine-nearest", {1, 0, 0, 0, 0, 0}},
                                          {"affine-bilinear", {1, 0, 0, 0, 0, 0}}}) {
        SCOPED_TRACE(name);
        Image changed = image;
        changes().at(name)(changed, parameters);
        EXPECT_EQ(changed, image);
      }
    }
  }
}

TEST(Pictures, AFlatImageStaysFlatWhenItIsBlurred) {
  BlurScratch scratch;
  for (const int level : {0, 1, 128, 254, 255}) {
    const Image image{3, 20, 31,
                      std::vector<std::uint8_t>(20 * 31 * 3, static_cast<std::uint8_t>(level))};
    for (const int size : {1, 3, 9, 23, 199}) {
      for (const double sigma : {0.1, 2.0, 100.0}) {
        Image changed = image;
        gaussian_blur(changed, size, sigma, scratch);
        EXPECT_EQ(changed, image) << size << " " << sigma;
      }
    }
    Image changed = image;
    adjust_sharpness(changed, 1.9, scratch);
    EXPECT_EQ(changed, image);
  }
}

TEST(Pictures, TinyImagesCanBeChanged) {
  for (const std::int64_t channels : {1, 3}) {
    for (const auto& [height, width] : {std::pair{1, 1}, {1, 5}, {5, 1}, {2, 3}}) {
      for (const auto& [name, change] : changes()) {
        if (name.starts_with("perspective")) continue;  // its corners must be different
        SCOPED_TRACE(name);
        Image image = test::noise_image(8, channels, height, width);
        change(image, name == "blur"               ? Numbers{9, 2}
                      : name.starts_with("affine") ? Numbers{0.7, 5, 5, 30, 1, 1}
                                                   : Numbers{0.4});
        EXPECT_EQ(image.height, height);
        EXPECT_EQ(image.width, width);
        EXPECT_EQ(image.pixels.size(), static_cast<std::size_t>(channels * height * width));
      }
    }
  }
}

TEST(Pictures, QuarterTurnsAndFlipsMoveWholePixels) {
  const Image image = test::noise_image(4, 3, 12, 12);
  Image turned = image;
  for (int i = 0; i < 4; ++i) change_affine(turned, {1, 0, 0, 90, 0, 0}, Filter::bilinear);
  EXPECT_EQ(turned, image);
  change_affine(turned, {1, 0, 0, 90, 0, 0}, Filter::nearest);
  for (std::int64_t y = 0; y < 12; ++y) {
    for (std::int64_t x = 0; x < 12; ++x) {
      // Clockwise: the row at the top becomes the column at the right.
      EXPECT_EQ(turned.pixels[static_cast<std::size_t>(3 * (x * 12 + 11 - y))],
                image.pixels[static_cast<std::size_t>(3 * (y * 12 + x))]);
    }
  }
  Image flipped = image, warped = image;
  flip_horizontal(flipped);
  warp_in_place(warped, Transform::flip(12, 12), Filter::nearest);
  EXPECT_EQ(flipped, warped);
  flip_vertical(flipped);
  change_affine(warped, {1, 0, 0, 0, 0, 0}, Filter::nearest);
  warp_in_place(warped, flip_vertical(12, 12), Filter::nearest);
  EXPECT_EQ(flipped, warped);
}

TEST(Pictures, FlipsMoveEachPixelToItsMirrorImage) {
  test::on_every_target([] {
    for (const std::int64_t channels : {1, 3}) {
      for (std::int64_t width = 1; width < 70; ++width) {
        const Image image = test::noise_image(4, channels, 3, width);
        Image flipped = image;
        flip_horizontal(flipped);
        for (std::int64_t i = 0; i < 3 * width; ++i) {
          const std::int64_t mirror = i / width * width + (width - 1 - i % width);
          for (std::int64_t c = 0; c < channels; ++c) {
            ASSERT_EQ(flipped.pixels[static_cast<std::size_t>(i * channels + c)],
                      image.pixels[static_cast<std::size_t>(mirror * channels + c)])
                << width;
          }
        }
      }
    }
  });
}

TEST(Pictures, WhatIsOutsideHasTheColour) {
  const Image image = test::noise_image(4, 3, 10, 10);
  Image to;
  WarpScratch scratch;
  for (const Filter filter : {Filter::nearest, Filter::bilinear}) {
    warp(image, shift(10, 10, 1e12, 0), filter, {7, 8, 9}, to, scratch);
    for (std::size_t i = 0; i < to.pixels.size(); ++i) ASSERT_EQ(to.pixels[i], 7 + i % 3);
    // Half of each row of the result is beyond the horizon or outside of the image.
    warp(image, {{1, 0, 0, 0, 1, 0, 1.0 / 8, 0, 1}, 10, 10}, filter, {7, 8, 9}, to, scratch);
    EXPECT_EQ(to.pixels[3 * 9], 7);
  }
  // A pixel that is half outside is a mean of both colours.
  Image grey{1, 1, 1, {200}};
  warp(grey, shift(1, 1, 0.5, 0), Filter::bilinear, {100, 0, 0}, to, scratch);
  EXPECT_EQ(to.pixels[0], 150);
}

TEST(Pictures, WhatCannotBeIsRefused) {
  Image image = test::noise_image(3, 3, 10, 20), to;
  WarpScratch scratch;
  BlurScratch memory;
  const Transform same = Transform::identity(10, 20);
  EXPECT_THROW(warp(image, same, Filter::bicubic, {}, to, scratch), UsageError);
  EXPECT_THROW(warp(image, Transform::identity(0, 5), Filter::nearest, {}, to, scratch),
               UsageError);
  EXPECT_THROW(warp(image, Transform::identity(INT64_MAX, 5), Filter::nearest, {}, to, scratch),
               UsageError);
  EXPECT_THROW(warp(image, {{1, 0, 0, 1, 0, 0, 0, 0, 1}, 5, 5}, Filter::nearest, {}, to, scratch),
               UsageError);
  EXPECT_THROW(affine(5, 5, {.scale = 0}), UsageError);
  EXPECT_THROW(affine(5, 5, {.scale = NAN}), UsageError);
  EXPECT_THROW(affine(5, 5, {.shear_y = 90}), UsageError);
  EXPECT_THROW(
      perspective(5, 5, {{{0, 0}, {1, 0}, {2, 0}, {0, 4}}}, {{{0, 0}, {4, 0}, {4, 4}, {0, 4}}}),
      UsageError);
  EXPECT_THROW(gaussian_blur(image, 4, 1, memory), UsageError);
  EXPECT_THROW(gaussian_blur(image, 201, 1, memory), UsageError);
  EXPECT_THROW(gaussian_blur(image, 3, 0, memory), UsageError);
  EXPECT_THROW(gaussian_blur(image, 3, NAN, memory), UsageError);
}

}  // namespace
}  // namespace ridgeline::image
