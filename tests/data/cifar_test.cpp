#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <stdexcept>

#include "folder.hpp"
#include "ridgeline/dataset.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline {
namespace {

using test::Bytes;
using test::Folder;
using test::message_of;
using testing::HasSubstr;

constexpr std::size_t kPixels = 3072;

/// `images` records whose pixel k of image i is (i + k) mod 256, with the given label bytes.
Bytes records(int images, const Bytes& label_bytes) {
  Bytes bytes;
  for (int i = 0; i < images; ++i) {
    bytes.insert(bytes.end(), label_bytes.begin(), label_bytes.end());
    for (std::size_t k = 0; k < kPixels; ++k) bytes.push_back((i + k) % 256);
  }
  return bytes;
}

struct Cifar10 : testing::Test {
  Cifar10() {
    for (int i = 1; i <= 5; ++i) {
      folder.write("data_batch_" + std::to_string(i) + ".bin",
                   records(2, {static_cast<std::uint8_t>(i)}));
    }
    folder.write("test_batch.bin", records(3, {9}));
  }
  std::string data_error() {
    return message_of<DataError>([&] { cifar10(folder.path()); });
  }
  Folder folder;
};

TEST_F(Cifar10, ReadsAllBatchesInOrder) {
  const auto [train, test] = cifar10(folder.path());
  ASSERT_EQ(train.size(), 10u);
  ASSERT_EQ(test.size(), 3u);
  EXPECT_EQ(train.image_shape(), (Shape{3, 32, 32}));
  EXPECT_EQ(train.classes(), 10);
  EXPECT_EQ(train.names()[8], "ship");
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(train.label(i), static_cast<int>(i / 2 + 1));
  std::vector<float> pixels(kPixels);
  test.read(2, pixels);
  for (std::size_t k = 0; k < kPixels; ++k) {
    ASSERT_EQ(pixels[k], static_cast<float>((2 + k) % 256) / 255.0f);
    ASSERT_EQ(test.bytes(2)[k], (2 + k) % 256);
  }
}

TEST_F(Cifar10, TakesClassNamesFromTheMetaFile) {
  folder.write("batches.meta.txt", "a\r\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n");
  EXPECT_EQ(cifar10(folder.path()).train.names()[9], "j");
  folder.write("batches.meta.txt", "a\nb\n");
  EXPECT_THAT(data_error(), HasSubstr("names 2 classes, and CIFAR-10 has 10"));
}

TEST_F(Cifar10, IsFoundInsideTheGivenFolder) {
  Folder outer;
  std::filesystem::copy(folder.path(), outer / "cifar-10-batches-bin");
  EXPECT_EQ(cifar10(outer.path()).train.size(), 10u);
}

TEST_F(Cifar10, TruncatedFile) {
  Bytes bytes = records(2, {3});
  bytes.erase(bytes.end() - 100, bytes.end());
  folder.write("data_batch_4.bin", bytes);
  const std::string message = data_error();
  EXPECT_THAT(message, HasSubstr((folder / "data_batch_4.bin").string()));
  EXPECT_THAT(message, HasSubstr("multiple of 3073 bytes"));
  EXPECT_THAT(message, HasSubstr("at byte 3073"));
}

TEST_F(Cifar10, EmptyFile) {
  folder.write("test_batch.bin", "");
  EXPECT_THAT(data_error(), HasSubstr("test_batch.bin: is empty"));
}

TEST_F(Cifar10, LabelOutOfRange) {
  Bytes bytes = records(2, {3});
  bytes[3073] = 10;
  folder.write("data_batch_2.bin", bytes);
  EXPECT_THAT(data_error(), HasSubstr("data_batch_2.bin: the label at byte 3073 is 10"));
}

TEST_F(Cifar10, MissingFile) {
  std::filesystem::remove(folder / "data_batch_5.bin");
  EXPECT_THAT(data_error(), HasSubstr("data_batch_5.bin: there is no such file"));
}

TEST_F(Cifar10, FolderInPlaceOfAFile) {
  std::filesystem::remove(folder / "test_batch.bin");
  std::filesystem::create_directory(folder / "test_batch.bin");
  EXPECT_THAT(data_error(), HasSubstr("test_batch.bin: is a folder, where a file is expected"));
}

TEST_F(Cifar10, GivenPathWithoutTheData) {
  const Folder empty;
  EXPECT_THAT(message_of<DataError>([&] { cifar10(empty.path()); }),
              HasSubstr("does not hold the data: CIFAR-10 is expected there"));
  EXPECT_THAT(message_of<DataError>([&] { cifar10(empty / "absent"); }),
              HasSubstr("does not exist"));
  EXPECT_THAT(message_of<DataError>([&] { cifar10(folder / "test_batch.bin"); }),
              HasSubstr("is not a folder"));
}

TEST_F(Cifar10, WithoutRights) {
  namespace fs = std::filesystem;
  // Root may read everything, so the test runs as nobody for a while.
  const uid_t user = geteuid();
  const auto read_as_nobody = [&] {
    if (user == 0 && seteuid(65534) != 0) throw std::runtime_error("cannot become nobody");
    const std::string message = message_of<ResourceError>([&] { cifar10(folder.path()); });
    EXPECT_EQ(seteuid(user), 0);
    return message;
  };
  fs::permissions(folder / "data_batch_1.bin", fs::perms::none);
  EXPECT_THAT(read_as_nobody(), HasSubstr("data_batch_1.bin: cannot be read: Permission denied"));
  fs::permissions(folder.path(), fs::perms::none);
  EXPECT_THAT(read_as_nobody(), HasSubstr("cannot be read: Permission denied"));
  fs::permissions(folder.path(), fs::perms::owner_all);
}

TEST(Cifar100, ReadsFineLabels) {
  const Folder folder;
  folder.write("train.bin", records(4, {19, 99}));
  folder.write("test.bin", records(1, {0, 42}));
  const auto [train, test] = cifar100(folder.path());
  EXPECT_EQ(train.size(), 4u);
  EXPECT_EQ(train.classes(), 100);
  EXPECT_EQ(train.label(3), 99);
  EXPECT_EQ(test.label(0), 42);
  EXPECT_EQ(train.bytes(1)[0], 1);

  folder.write("train.bin", records(1, {20, 99}));
  EXPECT_THAT(message_of<DataError>([&] { cifar100(folder.path()); }),
              HasSubstr("train.bin: the label at byte 0 is 20"));
  folder.write("train.bin", records(1, {1, 100}));
  EXPECT_THAT(message_of<DataError>([&] { cifar100(folder.path()); }),
              HasSubstr("the label at byte 1 is 100"));
  folder.write("train.bin", records(1, {1}));
  EXPECT_THAT(message_of<DataError>([&] { cifar100(folder.path()); }),
              HasSubstr("multiple of 3074"));
}

TEST(Cifar10Real, IsWhatItIs) {
  TrainTest data;
  try {
    data = cifar10();
  } catch (const ResourceError& error) {
    GTEST_SKIP() << error.what();
  }
  EXPECT_EQ(data.train.size(), 50000u);
  EXPECT_EQ(data.test.size(), 10000u);
  std::vector<int> counts(10);
  for (std::size_t i = 0; i < data.train.size(); ++i) ++counts[data.train.label(i)];
  EXPECT_THAT(counts, testing::Each(5000));
  EXPECT_EQ(data.train.label(0), 6);  // the frog
}

}  // namespace
}  // namespace ridgeline
