// Decoding a part, smaller or turned, gives the same as decoding everything and cropping.
#include <gtest/gtest.h>

#include <random>

#include "image/decode.hpp"
#include "image/orient.hpp"
#include "ridgeline/error.hpp"
#include "support/files.hpp"

namespace ridgeline::image {
namespace {

using test::Bytes;
using test::files_of;

Image crop(const Image& image, const PixelBox& box) {
  Image out{image.channels, box.height, box.width, {}};
  for (std::int64_t y = box.top; y < box.top + box.height; ++y) {
    const auto row = image.pixels.begin() + (y * image.width + box.left) * image.channels;
    out.pixels.insert(out.pixels.end(), row, row + box.width * image.channels);
  }
  return out;
}

PixelBox random_box(std::mt19937& random, std::int64_t height, std::int64_t width) {
  const auto draw = [&](std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random);
  };
  PixelBox box{draw(0, width - 1), draw(0, height - 1), 0, 0};
  box.width = draw(1, width - box.left);
  box.height = draw(1, height - box.top);
  return box;
}

TEST(DecodeParts, ABoxIsTheCropOfTheWholeImage) {
  std::mt19937 random(1);
  auto files = files_of("golden/images");
  const auto small = test::image_files();
  files.insert(files.end(), small.begin(), small.end());
  int checked = 0;
  for (const auto& path : files) {
    SCOPED_TRACE(path);
    const Bytes file = test::read_bytes(path);
    const Image whole = decode(file);
    for (int i = 0; i < 40; ++i, ++checked) {
      const PixelBox box = random_box(random, whole.height, whole.width);
      const Decoded part = decode_box(file, {.box = box});
      ASSERT_EQ(part.image, crop(whole, box))
          << box.left << ' ' << box.top << ' ' << box.width << ' ' << box.height;
      const RealBox all{0, 0, static_cast<double>(box.width), static_cast<double>(box.height)};
      ASSERT_EQ(part.box, all);
    }
  }
  EXPECT_GT(checked, 4000);
}

TEST(DecodeParts, ABoxAtASmallerSizeIsTheCropOfTheSmallerImage) {
  std::mt19937 random(2);
  for (const auto& path : files_of("golden/images")) {
    if (path.extension() != ".jpg") continue;
    SCOPED_TRACE(path);
    const Bytes file = test::read_bytes(path);
    const Header header = read_header(file);
    for (const std::int64_t shrink : {2, 4, 8}) {
      const ImageRequest all{{}, header.height / shrink, header.width / shrink};
      const Image whole = decode(file, all);
      EXPECT_EQ(whole.height, (header.height + shrink - 1) / shrink);
      EXPECT_EQ(whole.width, (header.width + shrink - 1) / shrink);
      for (int i = 0; i < 40; ++i) {
        const PixelBox box = random_box(random, header.height, header.width);
        if (box.height < shrink || box.width < shrink) continue;
        const Decoded part = decode_box(file, {box, box.height / shrink, box.width / shrink});
        // The image may be decoded even smaller if both quotients are even.
        const auto scale = static_cast<double>(box.width) / part.box.width;
        if (scale != static_cast<double>(shrink)) continue;
        // Searches the box in the smaller image, since its place depends on the orientation.
        const bool turned = header.orientation >= 5;
        const std::int64_t before_left = turned ? header.width - box.left - box.width : box.left;
        const std::int64_t from_left = before_left / shrink;
        const PixelBox region{turned ? whole.width - from_left - part.image.width : from_left,
                              box.top / shrink, part.image.width, part.image.height};
        ASSERT_EQ(part.image, crop(whole, region));
        EXPECT_GE(part.box.left, 0);
        EXPECT_GE(part.box.top, 0);
        EXPECT_LT(part.box.left, 1);
        EXPECT_LT(part.box.top, 1);
        EXPECT_LE(part.box.left + part.box.width, static_cast<double>(part.image.width));
        EXPECT_LE(part.box.top + part.box.height, static_cast<double>(part.image.height));
      }
    }
  }
}

TEST(DecodeParts, TheSizeIsTheSmallestThatKeepsTheBoxLargeEnough) {
  const Bytes file = test::golden_bytes("images/420.jpg");  // 150 x 110
  const auto width = [&](const ImageRequest& request) { return decode(file, request).width; };
  EXPECT_EQ(width({{}, 110, 150}), 150);
  EXPECT_EQ(width({{}, 56, 75}), 150);
  EXPECT_EQ(width({{}, 55, 75}), 75);
  EXPECT_EQ(width({{}, 20, 37}), 38);
  EXPECT_EQ(width({{}, 1, 1}), 19);
  EXPECT_EQ(width({{}, 0, 1}), 150);
  EXPECT_EQ(width({PixelBox{10, 20, 80, 60}, 30, 41}), 80);
  EXPECT_EQ(width({PixelBox{10, 20, 80, 60}, 30, 40}), 40);
  // The wanted height is that of the seen image.
  const Bytes turned = test::golden_bytes("images/orientation-6.jpg");
  EXPECT_EQ(decode(turned, {{}, 75, 55}).height, 75);
  EXPECT_EQ(decode(turned, {{}, 76, 55}).height, 150);
  EXPECT_EQ(decode(turned, {{}, 75, 56}).height, 150);
}

TEST(DecodeParts, ABoxOutsideOfTheImageIsAnErrorOfTheCaller) {
  const Bytes file = test::golden_bytes("images/420.jpg");
  for (const PixelBox& box :
       {PixelBox{-1, 0, 5, 5}, PixelBox{0, -1, 5, 5}, PixelBox{0, 0, 0, 5}, PixelBox{0, 0, 5, 0},
        PixelBox{146, 0, 5, 5}, PixelBox{0, 106, 5, 5}, PixelBox{0, 0, 151, 5},
        PixelBox{0, 0, 5, 111}, PixelBox{INT64_MAX, 0, 5, 5}, PixelBox{0, 0, INT64_MAX, 5}}) {
    EXPECT_THROW(decode(file, {.box = box}), UsageError);
  }
}

TEST(Orient, ABoxGoesToTheStoredImageAndBack) {
  const PixelBox seen{1, 2, 3, 4};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const PixelBox box = to_stored(seen, {20, 30}, orientation);
    const RealBox real{static_cast<double>(box.left), static_cast<double>(box.top),
                       static_cast<double>(box.width), static_cast<double>(box.height)};
    EXPECT_EQ(to_seen(real, {20, 30}, orientation), (RealBox{1, 2, 3, 4})) << orientation;
  }
}

TEST(Exif, DamagedDataGiveNoOrientation) {
  Bytes exif = test::golden_bytes("../fuzz/corpus/exif/orientation-6");
  ASSERT_EQ(exif_orientation(exif), 6);
  for (std::size_t size = 0; size < exif.size(); ++size) {
    const int orientation = exif_orientation(Bytes(exif.begin(), exif.begin() + size));
    EXPECT_TRUE(orientation == 1 || orientation == 6) << size;
  }
  const Bytes value_nine{'M', 'M', 0, '*', 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 9, 0, 0};
  EXPECT_EQ(exif_orientation(value_nine), 1);
  Bytes big_endian = value_nine;
  big_endian[19] = 8;
  EXPECT_EQ(exif_orientation(big_endian), 8);
  Bytes of_type_long = big_endian;
  of_type_long[13] = 4;
  EXPECT_EQ(exif_orientation(of_type_long), 1);
}

}  // namespace
}  // namespace ridgeline::image
