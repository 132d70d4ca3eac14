// Every kind of file against Pillow's pixels (tools/golden/make_images.py).
#include "support/golden.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "image/decode.hpp"
#include "support/files.hpp"

namespace ridgeline::image {
namespace {

TEST(DecodeGolden, EveryFileHasThePixelsThatPillowGives) {
  const auto cases = golden::read("images.txt");
  EXPECT_GT(cases.size(), 110U);
  for (const auto& [name, arrays] : cases) {
    SCOPED_TRACE(name);
    const auto file = test::golden_bytes("../fuzz/corpus/" + name);
    const Image image = decode(file);
    const auto& size = arrays.at("size");
    ASSERT_EQ(static_cast<double>(image.channels), size[0]);
    ASSERT_EQ(static_cast<double>(image.height), size[1]);
    ASSERT_EQ(static_cast<double>(image.width), size[2]);
    const Header header = read_header(file);
    EXPECT_EQ(header.channels, image.channels);
    EXPECT_EQ(header.height, image.height);
    EXPECT_EQ(header.width, image.width);
    const auto& wanted = arrays.at("pixels");
    int worst = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      worst = std::max(worst, std::abs(image.pixels.at(i) - static_cast<int>(wanted[i])));
    }
    EXPECT_LE(worst, arrays.at("tolerance")[0]);
  }
}

TEST(DecodeGolden, TheHeaderNamesFormatAndOrientation) {
  const std::map<std::string, std::string> names{
      {"jpeg", "JPEG"}, {"png", "PNG"}, {"webp", "WebP"}, {"tiff", "TIFF"}};
  for (const auto& [folder, name] : names) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
      const Header header = read_header(test::golden_bytes(
          "../fuzz/corpus/" + folder + "/orientation-" + std::to_string(orientation)));
      EXPECT_EQ(header.format, name);
      EXPECT_EQ(header.orientation, orientation);
    }
  }
  EXPECT_EQ(read_header(test::golden_bytes("../fuzz/corpus/bmp/rgb")).format, "BMP");
  EXPECT_EQ(read_header(test::golden_bytes("../fuzz/corpus/pnm/p6-255")).format, "PNM");
}

}  // namespace
}  // namespace ridgeline::image
