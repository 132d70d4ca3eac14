#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "folder.hpp"
#include "ridgeline/dataset.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline {
namespace {

using test::Bytes;
using test::Folder;
using test::gzip;
using test::message_of;
using testing::HasSubstr;

void put(Bytes& bytes, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(number >> shift);
}

Bytes images(std::uint32_t count, std::uint32_t height = 2, std::uint32_t width = 3) {
  Bytes bytes;
  for (std::uint32_t number : {0x803u, count, height, width}) put(bytes, number);
  for (std::uint32_t i = 0; i < count * height * width; ++i) bytes.push_back(i * 7);
  return bytes;
}

Bytes labels(const Bytes& values) {
  Bytes bytes;
  put(bytes, 0x801);
  put(bytes, static_cast<std::uint32_t>(values.size()));
  bytes.insert(bytes.end(), values.begin(), values.end());
  return bytes;
}

constexpr const char* kImages = "train-images-idx3-ubyte";
constexpr const char* kLabels = "train-labels-idx1-ubyte";

struct Idx : testing::Test {
  Idx() {
    folder.write(kImages, images(4));
    folder.write(kLabels, labels({0, 2, 1, 2}));
  }
  std::string data_error() {
    return message_of<DataError>([&] { load("idx", folder.path()); });
  }
  Folder folder;
};

TEST_F(Idx, ReadsImagesAndLabels) {
  const auto [train, test] = load("idx", folder.path());
  ASSERT_EQ(train.size(), 4u);
  EXPECT_TRUE(test.empty());
  EXPECT_EQ(train.image_shape(), (Shape{1, 2, 3}));
  EXPECT_EQ(train.names(), (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(train.label(1), 2);
  std::vector<float> pixels(6);
  train.read(3, pixels);
  for (int k = 0; k < 6; ++k) EXPECT_EQ(pixels[k], static_cast<float>((18 + k) * 7) / 255.0f);
}

TEST_F(Idx, ReadsEverySpelling) {
  for (const char* suffix : {"", ".gz"}) {
    for (const char* joint : {"-", "."}) {
      const Folder other;
      const auto write = [&](const std::string& begin, const std::string& end, const Bytes& bytes) {
        other.write(begin + joint + end + suffix, *suffix ? gzip(bytes) : bytes);
      };
      write("train-images", "idx3-ubyte", images(3));
      write("train-labels", "idx1-ubyte", labels({0, 1, 2}));
      write("t10k-images", "idx3-ubyte", images(2));
      write("t10k-labels", "idx1-ubyte", labels({4, 0}));
      const auto [train, test] = load("idx", other.path());
      EXPECT_EQ(train.size(), 3u);
      EXPECT_EQ(test.size(), 2u);
      EXPECT_EQ(train.classes(), 5);
      EXPECT_EQ(test.classes(), 5);
      EXPECT_EQ(test.bytes(1)[0], 42);
    }
  }
}

TEST_F(Idx, FashionMnistNamesItsClassesAndNeedsItsTestImages) {
  EXPECT_THAT(message_of<DataError>([&] { fashion_mnist(folder.path()); }),
              HasSubstr("t10k-images-idx3-ubyte is missing"));
  folder.write("t10k-images-idx3-ubyte", images(1));
  folder.write("t10k-labels-idx1-ubyte", labels({9}));
  const auto [train, test] = fashion_mnist(folder.path());
  EXPECT_EQ(test.names()[test.label(0)], "Ankle boot");
  EXPECT_EQ(train.names()[0], "T-shirt/top");
}

TEST_F(Idx, LabelOutOfRange) {
  folder.write("t10k-images-idx3-ubyte", images(2));
  folder.write("t10k-labels-idx1-ubyte", labels({9, 10}));
  EXPECT_THAT(message_of<DataError>([&] { mnist(folder.path()); }),
              HasSubstr("t10k-labels-idx1-ubyte: the label at byte 9 is 10"));
}

TEST_F(Idx, TestImagesOfAnotherSize) {
  folder.write("t10k-images-idx3-ubyte", images(2, 3, 3));
  folder.write("t10k-labels-idx1-ubyte", labels({1, 1}));
  EXPECT_THAT(data_error(), HasSubstr("training images are 1x2x3 and the test images 1x3x3"));
}

TEST_F(Idx, WrongMagicNumber) {
  folder.write(kImages, labels({1, 2, 3, 4}));
  EXPECT_THAT(data_error(), HasSubstr("the number at byte 0 is 0x00000801, and an IDX file of "
                                      "images begins with 0x00000803"));
}

TEST_F(Idx, CutShort) {
  Bytes bytes = images(4);
  bytes.pop_back();
  folder.write(kImages, bytes);
  EXPECT_THAT(data_error(), HasSubstr("is cut short: it ends at byte 39 of 40"));
  for (std::size_t size : {1, 3, 7, 15}) {
    folder.write(kImages, Bytes(bytes.begin(), bytes.begin() + static_cast<long>(size)));
    EXPECT_THAT(data_error(), HasSubstr("is cut short: it ends at byte " + std::to_string(size)));
  }
  folder.write(kImages, "");
  EXPECT_THAT(data_error(), HasSubstr("is empty"));
}

TEST_F(Idx, TrailingBytes) {
  Bytes bytes = images(4);
  bytes.push_back(0);
  folder.write(kImages, bytes);
  EXPECT_THAT(data_error(), HasSubstr("continues after byte 40"));
  folder.write(kImages, gzip(bytes));
  EXPECT_THAT(data_error(), HasSubstr("continues after byte 40"));
}

TEST_F(Idx, CountsThatDiffer) {
  folder.write(kLabels, labels({0, 1, 2}));
  EXPECT_THAT(data_error(), HasSubstr("holds 4 images"));
  EXPECT_THAT(data_error(), HasSubstr("holds 3 labels"));
}

TEST_F(Idx, AbsurdDimensionsTakeNoMemory) {
  Bytes header;
  for (std::uint32_t number : {0x803u, ~0u, ~0u, ~0u}) put(header, number);
  for (const Bytes& bytes : {header, gzip(header)}) {
    folder.write(kImages, bytes);
    EXPECT_THAT(data_error(), HasSubstr("announces 4294967295x4294967295x4294967295 bytes"));
  }
  header[15] = header[14] = header[13] = header[12] = 0;
  folder.write(kImages, header);
  EXPECT_THAT(data_error(), HasSubstr("the dimension at byte 12 is 0"));
}

TEST_F(Idx, GzipCutShortAnywhere) {
  const Bytes packed = gzip(images(4, 20, 20));
  for (std::size_t size = 2; size < packed.size(); size += 7) {
    folder.write(kImages, Bytes(packed.begin(), packed.begin() + static_cast<long>(size)));
    EXPECT_THAT(data_error(), HasSubstr("cut short")) << size << " of " << packed.size();
  }
}

TEST_F(Idx, GzipCorrupt) {
  Bytes packed = gzip(images(4, 20, 20));
  packed[packed.size() - 6] ^= 1;  // the checksum
  folder.write(kImages, packed);
  EXPECT_THAT(data_error(), HasSubstr("the gzip file is corrupt near byte"));
  packed = gzip(images(4, 20, 20));
  for (std::size_t i = 20; i < 40; ++i) packed[i] ^= 0xff;
  folder.write(kImages, packed);
  EXPECT_FALSE(data_error().empty());
}

TEST_F(Idx, MissingLabels) {
  std::filesystem::remove(folder / kLabels);
  EXPECT_THAT(data_error(), HasSubstr("train-labels-idx1-ubyte is missing"));
}

TEST(FashionMnistReal, IsWhatItIs) {
  TrainTest data;
  try {
    data = fashion_mnist();
  } catch (const ResourceError& error) {
    GTEST_SKIP() << error.what();
  }
  EXPECT_EQ(data.train.size(), 60000u);
  EXPECT_EQ(data.test.size(), 10000u);
  EXPECT_EQ(data.train.image_shape(), (Shape{1, 28, 28}));
  EXPECT_EQ(data.train.names()[data.train.label(0)], "Ankle boot");
}

}  // namespace
}  // namespace ridgeline
