#include "image/decode.hpp"

#include <gmock/gmock.h>
#include <png.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "data/folder.hpp"
#include "ridgeline/error.hpp"

// jpeglib.h needs <cstdio> before it.
#include <jpeglib.h>

namespace ridgeline::image {
namespace {

using test::Bytes;
using test::message_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

Bytes png(std::uint32_t format, std::uint32_t height, std::uint32_t width, const Bytes& pixels) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.format = format;
  image.height = height;
  image.width = width;
  png_alloc_size_t size = 0;
  png_image_write_to_memory(&image, nullptr, &size, 0, pixels.data(), 0, nullptr);
  Bytes file(size);
  EXPECT_NE(png_image_write_to_memory(&image, file.data(), &size, 0, pixels.data(), 0, nullptr), 0);
  file.resize(size);
  return file;
}

Bytes jpeg(int components, unsigned height, unsigned width, Bytes pixels,
           J_COLOR_SPACE stored = JCS_UNKNOWN, bool scan_each_component = false) {
  jpeg_compress_struct writer;
  jpeg_error_mgr errors;
  writer.err = jpeg_std_error(&errors);
  jpeg_create_compress(&writer);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&writer, &memory, &size);
  writer.image_height = height;
  writer.image_width = width;
  writer.input_components = components;
  writer.in_color_space = components == 1 ? JCS_GRAYSCALE : components == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&writer);
  if (stored != JCS_UNKNOWN) jpeg_set_colorspace(&writer, stored);
  jpeg_set_quality(&writer, 100, TRUE);
  const std::array<jpeg_scan_info, 3> scans{
      {{1, {0}, 0, 63, 0, 0}, {1, {1}, 0, 63, 0, 0}, {1, {2}, 0, 63, 0, 0}}};
  if (scan_each_component) {
    writer.scan_info = scans.data();
    writer.num_scans = 3;
  }
  jpeg_start_compress(&writer, TRUE);
  for (unsigned y = 0; y < height; ++y) {
    JSAMPROW row = pixels.data() + std::size_t{y} * width * static_cast<unsigned>(components);
    jpeg_write_scanlines(&writer, &row, 1);
  }
  jpeg_finish_compress(&writer);
  jpeg_destroy_compress(&writer);
  const Bytes file(memory, memory + size);
  std::free(memory);
  return file;
}

TEST(Decode, PngOfEveryKindOfPixel) {
  const Image grey = decode(png(PNG_FORMAT_GRAY, 1, 3, {0, 127, 255}));
  EXPECT_EQ(grey.channels, 1);
  EXPECT_EQ(grey.height, 1);
  EXPECT_EQ(grey.width, 3);
  EXPECT_THAT(grey.pixels, ElementsAre(0, 127, 255));

  const Image colour = decode(png(PNG_FORMAT_RGB, 2, 1, {1, 2, 3, 250, 251, 252}));
  EXPECT_EQ(colour.channels, 3);
  EXPECT_EQ(colour.height, 2);
  EXPECT_THAT(colour.pixels, ElementsAre(1, 2, 3, 250, 251, 252));

  const Image transparent = decode(png(PNG_FORMAT_RGBA, 1, 2, {9, 8, 7, 255, 9, 8, 7, 0}));
  EXPECT_THAT(transparent.pixels, ElementsAre(9, 8, 7, 255, 255, 255));
}

TEST(Decode, SixteenBitsAreThePictureThatEightAre) {
  const std::array<std::uint8_t, 5> values{0, 1, 60, 128, 255};
  for (const int type : {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_RGB}) {
    const std::size_t channels = type == PNG_COLOR_TYPE_GRAY ? 1 : 3;
    Bytes row, file;
    for (const std::uint8_t value : values) row.insert(row.end(), 2 * channels, value);
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png_create_info_struct(png);
    const auto append = [](png_structp writer, png_bytep bytes, std::size_t size) {
      auto* to = static_cast<Bytes*>(png_get_io_ptr(writer));
      to->insert(to->end(), bytes, bytes + size);
    };
    png_set_write_fn(png, &file, append, nullptr);
    png_set_IHDR(png, info, values.size(), 1, 16, type, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    png_write_row(png, row.data());
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    const Image image = decode(file);
    ASSERT_EQ(image.pixels.size(), values.size() * channels);
    for (std::size_t i = 0; i < image.pixels.size(); ++i) {
      EXPECT_EQ(image.pixels[i], values[i / channels]);
    }
  }
}

TEST(Decode, JpegWithinItsLoss) {
  const Bytes flat(16 * 16 * 3, 100);
  const Image colour = decode(jpeg(3, 16, 16, flat));
  EXPECT_EQ(colour.channels, 3);
  EXPECT_THAT(colour.pixels, testing::Each(testing::AllOf(testing::Ge(98), testing::Le(102))));
  EXPECT_EQ(decode(jpeg(1, 8, 24, Bytes(8 * 24, 7))).channels, 1);
}

std::string error_of(const Bytes& file) {
  return message_of<DataError>([&] { decode(file); });
}
std::string error_of(const std::string& text) {
  return error_of(Bytes(text.begin(), text.end()));
}

TEST(Decode, CmykOfEveryKind) {
  // Red, as Adobe's programs store it: 255 is no ink.
  const Bytes red{255, 0, 0, 255};
  Bytes pixels;
  for (int i = 0; i < 16 * 16; ++i) pixels.insert(pixels.end(), red.begin(), red.end());
  for (const J_COLOR_SPACE stored : {JCS_CMYK, JCS_YCCK}) {
    const Image image = decode(jpeg(4, 16, 16, pixels, stored));
    ASSERT_EQ(image.channels, 3);
    EXPECT_NEAR(image.pixels[0], 255, 3);
    EXPECT_NEAR(image.pixels[1], 0, 3);
    EXPECT_NEAR(image.pixels[2], 0, 3);
  }
}

TEST(Decode, WhatIsNoImageIsCalledByItsName) {
  EXPECT_EQ(error_of(""), "is empty: an image was expected");
  EXPECT_EQ(error_of("hello"),
            "is not an image in a format that can be read: JPEG, PNG, WebP, TIFF, BMP and PNM");
  EXPECT_THAT(error_of("<!DOCTYPE html><html>"), StartsWith("begins like HTML"));
  EXPECT_THAT(error_of("\xef\xbb\xbf\r\n  <HTML lang=en>"), StartsWith("begins like HTML"));
  EXPECT_THAT(error_of("<svg xmlns="), StartsWith("is an SVG drawing"));
  EXPECT_THAT(error_of("GIF89a..."), StartsWith("is a GIF image"));
  EXPECT_THAT(error_of(Bytes{0, 0, 0, 24, 'f', 't', 'y', 'p', 'h', 'e', 'i', 'c'}),
              StartsWith("is a HEIC image"));
}

TEST(Decode, WhatIsCutShortOrDamagedIsAnError) {
  for (const Bytes& whole :
       {png(PNG_FORMAT_RGB, 20, 20, Bytes(1200, 40)), jpeg(3, 64, 64, Bytes(64 * 64 * 3, 200))}) {
    for (const std::size_t size : {std::size_t{4}, whole.size() / 2, whole.size() - 14}) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_THAT(error_of(cut), testing::Not("")) << size;
    }
  }
  Bytes damaged = png(PNG_FORMAT_RGB, 20, 20, Bytes(1200, 40));
  damaged[damaged.size() / 2] ^= 0xff;
  EXPECT_THAT(error_of(damaged), HasSubstr("the PNG file cannot be decoded"));
}

// Files that claim far more than they contain. If memory were taken, the test would take minutes.
TEST(Decode, AbsurdSizesAreRefusedByTheHeader) {
  Bytes bomb = png(PNG_FORMAT_GRAY, 1, 1, {0});
  for (const std::size_t at : {std::size_t{16}, std::size_t{20}}) {  // 100,000 = 0x000186a0
    bomb[at + 1] = 0x01;
    bomb[at + 2] = 0x86;
    bomb[at + 3] = 0xa0;
  }
  EXPECT_EQ(error_of(bomb),
            "the PNG file cannot be decoded: it claims 100000 x 100000 pixels, and the limit is "
            "268435456 pixels");
  EXPECT_THROW(read_header(bomb), DataError);

  Bytes tall = jpeg(3, 16, 16, Bytes(16 * 16 * 3, 1));
  const Bytes start_of_frame{0xff, 0xc0};
  const auto frame =
      std::search(tall.begin(), tall.end(), start_of_frame.begin(), start_of_frame.end());
  std::fill_n(frame + 5, 4, 0xfd);
  EXPECT_THAT(error_of(tall), HasSubstr("65021 x 65021 pixels"));

  EXPECT_THAT(error_of("P5\n99999 99999\n255\n"), HasSubstr("99999 x 99999 pixels"));
  EXPECT_THAT(error_of("P5\n99999999999 1\n255\n"), HasSubstr("too large"));
  Bytes bmp(54 + 4, 0);
  const std::string head = "BM";
  std::copy(head.begin(), head.end(), bmp.begin());
  bmp[10] = 54;
  bmp[14] = 40;
  bmp[20] = bmp[24] = 0x7f;
  bmp[28] = 24;
  EXPECT_THAT(error_of(bmp), HasSubstr("pixels, and the limit is"));
  EXPECT_THAT(error_of("P6\n10000 10000\n255\n"), HasSubstr("cut short"));
  EXPECT_THAT(error_of("P1\n10000 10000\n1 0 1"), HasSubstr("cut short"));
  // A size below the limit, but too large for the few bytes of the file.
  Bytes short_png = png(PNG_FORMAT_GRAY, 1, 1, {0});
  short_png[18] = short_png[22] = 0x3a;
  EXPECT_EQ(error_of(short_png), "the PNG file cannot be decoded: it is cut short");
  bmp[20] = bmp[24] = 0;
  bmp[19] = bmp[23] = 0x3a;
  EXPECT_THAT(error_of(bmp), HasSubstr("cut short"));
  EXPECT_THAT(error_of("P6\n0 3\n255\n"), HasSubstr("no pixels"));
}

// Each scan of a JPEG file covers all pixels, so many scans take hours.
TEST(Decode, AJpegFileOfVeryManyScansIsRefused) {
  Bytes file = jpeg(3, 16, 16, Bytes(16 * 16 * 3, 90), JCS_YCbCr, true);
  EXPECT_EQ(decode(file).height, 16);
  const Bytes start_of_scan{0xff, 0xda};
  const auto last =
      std::find_end(file.begin(), file.end() - 2, start_of_scan.begin(), start_of_scan.end());
  const Bytes scan(last, file.end() - 2);
  for (int i = 0; i < 600; ++i) file.insert(file.end() - 2, scan.begin(), scan.end());
  EXPECT_THAT(error_of(file), HasSubstr("more than 500 scans"));
}

}  // namespace
}  // namespace ridgeline::image
