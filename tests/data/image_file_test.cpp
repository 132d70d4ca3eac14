#include "data/image_file.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include "data/folder.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

using test::Folder;
using test::message_of;
using testing::HasSubstr;
using testing::StartsWith;

TEST(ReadImage, TheContentDecidesAndNotTheName) {
  const Folder folder;
  folder.write("photo.jpg", "P2 2 1 9 0 9");
  EXPECT_EQ(read_image(folder / "photo.jpg"), (Image{1, 1, 2, {0, 255}}));
  EXPECT_EQ(read_image(folder / "photo.jpg", {.box = PixelBox{1, 0, 1, 1}}),
            (Image{1, 1, 1, {255}}));
  EXPECT_EQ(read_image_header(folder / "photo.jpg").format, "PNM");
}

TEST(ReadImage, EveryErrorNamesTheFile) {
  const Folder folder;
  const std::string file = (folder / "x.jpg").string();
  const auto sentence = [&](const std::string& content) {
    folder.write("x.jpg", content);
    EXPECT_THAT(message_of<DataError>([&] { read_image_header(folder / "x.jpg"); }),
                StartsWith(file));
    return message_of<DataError>([&] { read_image(folder / "x.jpg"); });
  };
  EXPECT_THAT(sentence("hello"), StartsWith(file + ": is not an image"));
  EXPECT_THAT(sentence("<html>"), StartsWith(file + ": begins like HTML"));
  EXPECT_THAT(sentence("P5 2"), StartsWith(file + ": the PNM file cannot be decoded"));
  EXPECT_THAT(sentence(""), StartsWith(file));
  EXPECT_THAT(message_of<DataError>([&] { read_image(folder / "absent"); }), HasSubstr("absent"));
  folder.write("x.jpg", "P2 2 1 9 0 9");
  EXPECT_THAT(message_of<UsageError>([&] {
                read_image(folder / "x.jpg", {.box = PixelBox{0, 0, 3, 1}});
              }),
              StartsWith(file));
}

TEST(ReadImage, AFileWithoutReadRightsIsAMissingResource) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read every file";
  const Folder folder;
  folder.write("x.jpg", "P2 2 1 9 0 9");
  std::filesystem::permissions(folder / "x.jpg", std::filesystem::perms::none);
  EXPECT_THAT(message_of<ResourceError>([&] { read_image(folder / "x.jpg"); }), HasSubstr("x.jpg"));
}

}  // namespace
}  // namespace ridgeline::data
