#include "interop/read_text.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "data/folder.hpp"

namespace ridgeline::interop {
namespace {

TEST(ReadText, OfFilesUpToTheirLimit) {
  const test::Folder folder;
  folder.write("text", std::string(200'000, 'x'));
  EXPECT_EQ(read_text(folder / "text", 200'000).text, std::string(200'000, 'x'));
  EXPECT_EQ(read_text(folder / "text", 200'000).problem, "");
  EXPECT_EQ(read_text(folder / "text", 199'999).problem, "it is larger than 199999 bytes");
  folder.write("empty", std::string());
  EXPECT_EQ(read_text(folder / "empty", 10).problem, "");
}

TEST(ReadText, OfNothingElse) {
  const test::Folder folder;
  EXPECT_EQ(read_text(folder / "absent", 10).problem, "No such file or directory");
  EXPECT_EQ(read_text(folder.path(), 10).problem, "it is a folder");
  EXPECT_EQ(read_text("/dev/zero", 10).problem, "it is a device, not a file");
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_text(folder / "pipe", 10).problem, "it is a pipe that nobody writes to");
}

}  // namespace
}  // namespace ridgeline::interop
