// Compares every kind of file with Pillow's pixels (tools/golden/make_images.py).
#include "support/golden.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <thread>

#include "image/decode.hpp"
#include "ridgeline/error.hpp"
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

TEST(DecodeGolden, ThreadsDoNotDisturbEachOther) {
  std::vector<test::Bytes> files;
  std::vector<Image> images;
  for (const auto& path : test::image_files()) {
    const auto file = test::read_bytes(path);
    try {
      images.push_back(decode(file));
      files.push_back(file);
    } catch (const DataError&) {  // a file that a fuzzer has found
    }
  }
  std::atomic<int> different = 0;
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < files.size(); ++i) {
        const std::size_t at = (i + t * 29) % files.size();
        different += decode(files[at]) == images[at] ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(different, 0);
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
