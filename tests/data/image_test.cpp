#include "data/formats/image.hpp"

#include <gmock/gmock.h>
#include <png.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "data/folder.hpp"
#include "ridgeline/error.hpp"

// jpeglib.h needs <cstdio> before it.
#include <jpeglib.h>

namespace ridgeline::data {
namespace {

using test::Bytes;
using test::Folder;
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

Bytes jpeg(int components, unsigned height, unsigned width, Bytes pixels) {
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
  writer.in_color_space = components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&writer);
  jpeg_set_quality(&writer, 100, TRUE);
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

Image read_bytes(const Bytes& bytes) {
  const Folder folder;
  folder.write("image", bytes);
  return read_image(folder / "image");
}

TEST(ReadImage, PngOfEveryKindOfPixel) {
  const Image grey = read_bytes(png(PNG_FORMAT_GRAY, 1, 3, {0, 127, 255}));
  EXPECT_EQ(grey.channels, 1);
  EXPECT_EQ(grey.height, 1);
  EXPECT_EQ(grey.width, 3);
  EXPECT_THAT(grey.pixels, ElementsAre(0, 127, 255));

  const Image colour = read_bytes(png(PNG_FORMAT_RGB, 2, 1, {1, 2, 3, 250, 251, 252}));
  EXPECT_EQ(colour.channels, 3);
  EXPECT_EQ(colour.height, 2);
  EXPECT_THAT(colour.pixels, ElementsAre(1, 2, 3, 250, 251, 252));

  const Image transparent = read_bytes(png(PNG_FORMAT_RGBA, 1, 2, {9, 8, 7, 255, 9, 8, 7, 0}));
  EXPECT_THAT(transparent.pixels, ElementsAre(9, 8, 7, 255, 255, 255));
}

TEST(ReadImage, SixteenBitsAreThePictureThatEightAre) {
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
    const Image image = read_bytes(file);
    ASSERT_EQ(image.pixels.size(), values.size() * channels);
    for (std::size_t i = 0; i < image.pixels.size(); ++i) {
      EXPECT_EQ(image.pixels[i], values[i / channels]);
    }
  }
}

TEST(ReadImage, JpegWithinItsLoss) {
  const Bytes flat(16 * 16 * 3, 100);
  const Image colour = read_bytes(jpeg(3, 16, 16, flat));
  EXPECT_EQ(colour.channels, 3);
  EXPECT_THAT(colour.pixels, testing::Each(testing::AllOf(testing::Ge(98), testing::Le(102))));
  EXPECT_EQ(read_bytes(jpeg(1, 8, 24, Bytes(8 * 24, 7))).channels, 1);
}

TEST(ReadImage, WhatCannotBeDecodedIsNamed) {
  const Folder folder;
  const auto sentence = [&](const std::string& name, const Bytes& bytes) {
    folder.write(name, bytes);
    return message_of<DataError>([&] { read_image(folder / name); });
  };
  const std::string file = (folder / "x").string();
  EXPECT_EQ(sentence("x", {'h', 'e', 'l', 'l', 'o'}),
            file + ": is neither PNG nor JPEG, which are the formats that can be read");
  EXPECT_THAT(sentence("x", {}), StartsWith(file));
  EXPECT_THAT(message_of<DataError>([&] { read_image(folder / "absent"); }), HasSubstr("absent"));

  for (const Bytes& whole :
       {png(PNG_FORMAT_RGB, 20, 20, Bytes(1200, 40)), jpeg(3, 64, 64, Bytes(64 * 64 * 3, 200))}) {
    for (const std::size_t size : {std::size_t{4}, whole.size() / 2, whole.size() - 14}) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_THAT(sentence("x", cut), StartsWith(file)) << size;
    }
  }
  Bytes damaged = png(PNG_FORMAT_RGB, 20, 20, Bytes(1200, 40));
  damaged[damaged.size() / 2] ^= 0xff;
  EXPECT_THAT(sentence("x", damaged), HasSubstr("cannot be decoded"));
}

TEST(FitImage, AnImageOfTheRightShapeStaysAsItIs) {
  const Image image{3, 1, 2, {0, 51, 102, 153, 204, 255}};
  EXPECT_THAT(fit_image(image, {3, 1, 2}),
              testing::Pointwise(testing::FloatNear(1e-6F),
                                 std::vector<float>{0, 0.6F, 0.2F, 0.8F, 0.4F, 1}));
}

TEST(FitImage, GreyAndColourBecomeEachOther) {
  EXPECT_THAT(fit_image({1, 1, 1, {51}}, {3, 1, 1}),
              testing::Each(testing::FloatNear(0.2F, 1e-6F)));
  EXPECT_THAT(fit_image({3, 1, 1, {255, 0, 0}}, {1, 1, 1}),
              ElementsAre(testing::FloatNear(0.299F, 1e-6F)));
  EXPECT_THROW(fit_image({1, 1, 1, {51}}, {2, 1, 1}), UsageError);
}

// PyTorch 2.15: interpolate(line / 255, (1, n), mode="bilinear", antialias=True).
TEST(FitImage, ResizesLikePyTorch) {
  const Image line{1, 1, 5, {0, 255, 0, 102, 51}};
  const auto near = [](std::vector<float> values) {
    return testing::Pointwise(testing::FloatNear(1e-6F), values);
  };
  EXPECT_THAT(fit_image(line, {1, 1, 2}), near({0.4272727F, 0.2727273F}));
  EXPECT_THAT(fit_image(line, {1, 1, 8}),
              near({0, 0.4375F, 0.9375F, 0.3125F, 0.125F, 0.375F, 0.2875F, 0.2F}));
  const Image column{1, 5, 1, line.pixels};
  EXPECT_EQ(fit_image(column, {1, 2, 1}), fit_image(line, {1, 1, 2}));
}

}  // namespace
}  // namespace ridgeline::data
