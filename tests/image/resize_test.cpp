#include "image/resize.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "ridgeline/error.hpp"
#include "support/golden.hpp"
#include "support/highway_targets.hpp"
#include "support/noise_image.hpp"

namespace ridgeline::image {
namespace {

using test::noise_image;

// tools/golden/make_resize.py.
TEST(Resize, IsPillowsToOneGreyLevel) {
  const auto cases = golden::read("resize.txt");
  ASSERT_EQ(cases.size(), 64U);
  test::on_every_target([&] {
    std::size_t equal = 0, all = 0;
    for (const auto& [name, arrays] : cases) {
      SCOPED_TRACE(name);
      const auto& shape = arrays.at("shape");
      const auto number = [&](std::size_t i) { return static_cast<std::int64_t>(shape.at(i)); };
      const auto& box = arrays.at("box");
      const auto filter = static_cast<Filter>(arrays.at("filter")[0]);
      const Image image =
          noise_image(static_cast<std::uint32_t>(shape[0]), number(1), number(2), number(3));
      const Image out = resize(image, {number(4), number(5)}, filter,
                               RealBox{box[0], box[1], box[2] - box[0], box[3] - box[1]});
      const auto& wanted = arrays.at("pixels");
      ASSERT_EQ(out.pixels.size(), wanted.size());
      int worst = 0;
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        const int off = std::abs(out.pixels[i] - static_cast<int>(wanted[i]));
        worst = std::max(worst, off);
        equal += off == 0 ? 1 : 0;
        ++all;
      }
      EXPECT_LE(worst, filter == Filter::nearest ? 0 : 1);
    }
    // Another C library's sine may round a weight differently.
    EXPECT_GT(static_cast<double>(equal), 0.999 * static_cast<double>(all));
    testing::Test::RecordProperty("equal", std::to_string(equal) + " of " + std::to_string(all));
  });
}

TEST(Resize, EveryInstructionSetGivesTheSamePixels) {
  for (const Filter filter : {Filter::bilinear, Filter::bicubic, Filter::lanczos}) {
    for (const std::int64_t channels : {1, 3}) {
      for (const std::int64_t size : {1, 7, 31, 64, 101}) {
        const Image image = noise_image(9, channels, 40, size);
        std::vector<Image> results;
        test::on_every_target([&] { results.push_back(resize(image, {33, 29}, filter)); });
        for (const Image& one : results) EXPECT_EQ(one, results.front());
      }
    }
  }
}

TEST(Resize, AFlatImageStaysFlat) {
  for (const int level : {0, 1, 128, 254, 255}) {
    Image image{3, 37, 41,
                std::vector<std::uint8_t>(37 * 41 * 3, static_cast<std::uint8_t>(level))};
    for (const Filter filter :
         {Filter::nearest, Filter::bilinear, Filter::bicubic, Filter::lanczos}) {
      const Image out = resize(image, {11, 90}, filter, RealBox{0.3, 1.7, 30.1, 20.2});
      for (const std::uint8_t pixel : out.pixels) ASSERT_EQ(pixel, level);
    }
  }
}

TEST(Resize, TheSameSizeIsTheSameImage) {
  const Image image = noise_image(3, 3, 17, 23);
  for (const Filter filter : {Filter::nearest, Filter::bilinear, Filter::lanczos}) {
    EXPECT_EQ(resize(image, {17, 23}, filter), image);
  }
}

TEST(Resize, WhatCannotBeIsRefused) {
  const Image image = noise_image(3, 1, 10, 20);
  EXPECT_THROW(resize(image, {0, 5}, Filter::bilinear), UsageError);
  EXPECT_THROW(resize(image, {5, -1}, Filter::bilinear), UsageError);
  EXPECT_THROW(resize(image, {INT64_MAX, 2}, Filter::nearest), UsageError);
  for (const RealBox& box :
       {RealBox{-0.1, 0, 5, 5}, RealBox{0, 0, 0, 5}, RealBox{0, 5.5, 5, 5}, RealBox{16, 0, 4.1, 5},
        RealBox{NAN, 0, 5, 5}, RealBox{0, 0, INFINITY, 5}}) {
    EXPECT_THROW(resize(image, {5, 5}, Filter::bicubic, box), UsageError);
  }
}

TEST(Resize, FiltersHaveNames) {
  EXPECT_EQ(filter_of("lanczos"), Filter::lanczos);
  EXPECT_EQ(filter_of("nearest"), Filter::nearest);
  EXPECT_THROW(filter_of("cubic"), UsageError);
}

}  // namespace
}  // namespace ridgeline::image
