// The fuzzers' seeds and damaged copies of them: each gives an image or an error, and nothing else.
// The fuzzers themselves are in tests/fuzz.
#include <gtest/gtest.h>

#include "image/decode.hpp"
#include "image/orient.hpp"
#include "ridgeline/error.hpp"
#include "support/files.hpp"
#include "support/mutate.hpp"

namespace ridgeline::image {
namespace {

using test::Bytes;

// Whether it could be decoded.
bool survives(const Bytes& file) {
  try {
    const Header header = read_header(file);
    if (header.height * header.width > (1 << 20)) return false;
    const Image image = decode(file);
    EXPECT_EQ(image.height, header.height);
    EXPECT_EQ(image.width, header.width);
    EXPECT_EQ(image.channels, header.channels);
    const PixelBox box{header.width / 3, header.height / 3, (header.width + 1) / 2,
                       (header.height + 1) / 2};
    decode(file, {box, 2, 2});
    return true;
  } catch (const DataError& error) {
    EXPECT_NE(std::string(error.what()), "");
    return false;
  }
}

TEST(DecodeMutations, GiveAnImageOrAnError) {
  std::mt19937 random(1);
  int damaged = 0, decoded = 0;
  for (const auto& path : test::image_files()) {
    SCOPED_TRACE(path);
    const Bytes file = test::read_bytes(path);
    survives(file);  // a file that a fuzzer has found does not decode
    for (int i = 0; i < 30; ++i, ++damaged) decoded += survives(test::mutate(file, random)) ? 1 : 0;
  }
  // Some changes do no harm, but most do.
  EXPECT_GT(damaged, 3000);
  EXPECT_GT(decoded, damaged / 20);
  EXPECT_LT(decoded, damaged * 19 / 20);
}

TEST(ExifMutations, GiveAnOrientation) {
  std::mt19937 random(2);
  for (const auto& path : test::files_of("fuzz/corpus/exif")) {
    const Bytes file = test::read_bytes(path);
    for (int i = 0; i < 300; ++i) {
      const int orientation = exif_orientation(test::mutate(file, random));
      EXPECT_TRUE(orientation >= 1 && orientation <= 8);
    }
  }
}

TEST(DecodeMutations, EveryFileCutAnywhereGivesAnError) {
  for (const auto& path : test::image_files()) {
    const std::string format = path.parent_path().filename();
    SCOPED_TRACE(path);
    const Bytes file = test::read_bytes(path);
    for (std::size_t size = 0; size < file.size(); size += 1 + file.size() / 25) {
      // In some formats the last bytes are not pixels: an end marker, a directory, a white space.
      if (format != "jpeg" && size + 80 > file.size()) break;
      const Bytes cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_THROW(decode(cut), DataError) << size;
    }
  }
}

}  // namespace
}  // namespace ridgeline::image
