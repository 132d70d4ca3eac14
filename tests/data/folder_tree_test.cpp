#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "data/sources/file_tree.hpp"
#include "data/sources/folder_index.hpp"
#include "folder.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

namespace fs = std::filesystem;
using test::Folder;
using test::message_of;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> paths(const FileTree& tree) {
  std::vector<std::string> all;
  for (std::size_t f = 0; f < tree.files().size(); ++f) all.push_back(tree.files().path(f));
  return all;
}

TEST(PathLess, PutsAFolderBeforeWhatIsBesideIt) {
  EXPECT_TRUE(path_less("a", "a/b"));
  EXPECT_TRUE(path_less("a/b", "a-b"));
  EXPECT_TRUE(path_less("", "a"));
  EXPECT_FALSE(path_less("a", "a"));
  EXPECT_TRUE(path_less("a", "\xc3\xa4"));
}

TEST(InnerPath, KnowsWhatLeaves) {
  EXPECT_EQ(inner_path("./a//b/"), "a/b");
  EXPECT_EQ(inner_path("a/../b"), "b");
  EXPECT_EQ(inner_path("a/b/../../c"), "c");
  EXPECT_EQ(inner_path("..a/b"), "..a/b");
  EXPECT_EQ(inner_path("../a"), std::nullopt);
  EXPECT_EQ(inner_path("a/../../b"), std::nullopt);
  EXPECT_EQ(inner_path("/a"), std::nullopt);
  EXPECT_EQ(inner_path(std::string("a\0b", 3)), std::nullopt);
}

struct FolderTree : testing::Test {
  FolderTree() {
    setenv("XDG_CACHE_HOME", (cache / "c").c_str(), 1);
    folder.write("b/2.jpg", "two");
    folder.write("a/x/1.jpg", "one");
    folder.write("a-b/3.jpg", "three");
    folder.write("top", "t");
    folder.write(".hidden/4.jpg", "four");
    fs::create_directory(folder / "empty");
  }
  ~FolderTree() override { unsetenv("XDG_CACHE_HOME"); }
  /// Times that are old enough for an index.
  void age() {
    const auto old = fs::file_time_type::clock::now() - std::chrono::hours(1);
    for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
      fs::last_write_time(entry.path(), old);
    }
    fs::last_write_time(folder.path(), old);
  }
  std::vector<fs::path> indexes() {
    std::vector<fs::path> all;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(cache / "c/ridgeline/index", error)) {
      all.push_back(entry.path());
    }
    return all;
  }
  Folder folder, cache;
};

TEST_F(FolderTree, ListsFilesInOrder) {
  const auto tree = open_tree(folder.path());
  EXPECT_THAT(paths(*tree), ElementsAre("top", "a/x/1.jpg", "a-b/3.jpg", "b/2.jpg"));
  EXPECT_EQ(tree->read(1), (test::Bytes{'o', 'n', 'e'}));
  EXPECT_EQ(tree->read(1, 2), (test::Bytes{'o', 'n'}));
  EXPECT_TRUE(tree->files().find_folder("empty"));
  EXPECT_EQ(tree->files().find("a-b/3.jpg"), 2U);
  EXPECT_TRUE(indexes().empty());
}

TEST_F(FolderTree, SaysWhatIsWrong) {
  EXPECT_THAT(message_of<DataError>([&] { open_tree(folder / "none"); }),
              HasSubstr("there is no such file"));
  const auto tree = open_tree(folder.path());
  fs::remove(folder / "b/2.jpg");
  EXPECT_THAT(message_of<DataError>([&] { tree->read(3); }),
              HasSubstr("b/2.jpg: there is no such"));
  folder.write("b/2.jpg", "");
  EXPECT_THAT(message_of<DataError>([&] { tree->read(3); }), HasSubstr("b/2.jpg: is empty"));
  fs::remove(folder / "b/2.jpg");
  ASSERT_EQ(mkfifo((folder / "b/2.jpg").c_str(), 0600), 0);
  EXPECT_THAT(message_of<DataError>([&] { tree->read(3); }), HasSubstr("not a regular file"));
}

/// Root may read every file, so the test runs as nobody for a while.
struct Nobody {
  Nobody() : own(geteuid()), changed(own == 0 && seteuid(65534) == 0) {}
  ~Nobody() {
    if (changed) {
      EXPECT_EQ(seteuid(own), 0);
    }
  }
  uid_t own;
  bool changed;
};

TEST_F(FolderTree, WithoutRightsIsNamed) {
  const auto tree = open_tree(folder.path());
  fs::permissions(folder / "b/2.jpg", fs::perms::none);
  fs::permissions(folder / "empty", fs::perms::none);
  {
    const Nobody nobody;
    if (geteuid() == 0) GTEST_SKIP() << "root may read every file";
    EXPECT_THAT(message_of<ResourceError>([&] { tree->read(3); }),
                HasSubstr("b/2.jpg: cannot be read: Permission denied"));
    EXPECT_THAT(message_of<ResourceError>([&] { open_tree(folder.path()); }),
                HasSubstr("empty: the folder cannot be read: Permission denied"));
  }
  fs::permissions(folder / "empty", fs::perms::owner_all);
}

TEST_F(FolderTree, LinksThatLeaveAreRefused) {
  Folder other;
  other.write("5.jpg", "five");
  fs::create_symlink("2.jpg", folder / "b/inside.jpg");
  EXPECT_EQ(open_tree(folder.path())->files().size(), 5U);
  fs::create_symlink(other / "5.jpg", folder / "b/outside.jpg");
  EXPECT_THAT(message_of<DataError>([&] { open_tree(folder.path()); }),
              HasSubstr("b/outside.jpg: is a link that leaves the folder"));
  const auto tree = open_tree(folder.path(), {.follow_links = true});
  EXPECT_EQ(tree->read(tree->files().find("b/outside.jpg").value()).size(), 4U);
  fs::remove(folder / "b/outside.jpg");
  fs::create_directory_symlink(other.path(), folder / "c");
  EXPECT_THAT(message_of<DataError>([&] { open_tree(folder.path()); }), HasSubstr("/c: is a link"));
  EXPECT_TRUE(open_tree(folder.path(), {.follow_links = true})->files().find("c/5.jpg"));
}

TEST_F(FolderTree, FileThatBecameALinkIsRefused) {
  const auto tree = open_tree(folder.path());
  fs::remove(folder / "b/2.jpg");
  fs::create_symlink("/etc/passwd", folder / "b/2.jpg");
  EXPECT_THAT(message_of<DataError>([&] { tree->read(3); }), HasSubstr("leaves the folder"));
}

TEST_F(FolderTree, TheRootMayBeALink) {
  Folder other;
  fs::create_directory_symlink(folder.path(), other / "data");
  EXPECT_EQ(open_tree(other / "data")->files().size(), 4U);
}

TEST_F(FolderTree, CirclesAreRefused) {
  fs::create_directory_symlink(folder.path(), folder / "b/again");
  EXPECT_THAT(message_of<DataError>([&] { open_tree(folder.path()); }),
              HasSubstr("b/again: is a link to a folder that contains it"));
}

TEST_F(FolderTree, IndexIsUsedUntilAFolderChanges) {
  const TreeOptions options{.index_from = 1};
  open_tree(folder.path(), options);
  ASSERT_EQ(indexes().size(), 1U);
  // The folders are new, so a file could still be added in the same tick of the clock.
  folder.write("b/9.jpg", "nine");
  EXPECT_EQ(open_tree(folder.path(), options)->files().size(), 5U);
}

/// The listing in the folder's index has one file more than the folder.
TEST_F(FolderTree, IndexIsReadInPlaceOfTheFolder) {
  const TreeOptions options{.index_from = 1};
  age();
  std::this_thread::sleep_for(std::chrono::milliseconds(2100));  // ages the times of change, too
  open_tree(folder.path(), options);
  ASSERT_EQ(indexes().size(), 1U);
  const std::string key = fs::canonical(folder.path()).string();
  FolderListing listing = read_index(test::read_bytes(indexes()[0]), key);
  listing.files.add_file("extra.jpg");  // in the last folder, "empty"
  cache.write("c/ridgeline/index/" + indexes()[0].filename().string(), write_index(listing, key));
  EXPECT_TRUE(open_tree(folder.path(), options)->files().find("empty/extra.jpg"));
  // An incomplete index is ignored.
  std::string broken = write_index(listing, key);
  broken[broken.size() / 2] ^= 1;
  cache.write("c/ridgeline/index/" + indexes()[0].filename().string(), broken);
  EXPECT_FALSE(open_tree(folder.path(), options)->files().find("empty/extra.jpg"));
  // A file that is added deep in the folder.
  folder.write("a/x/7.jpg", "seven");
  EXPECT_TRUE(open_tree(folder.path(), options)->files().find("a/x/7.jpg"));
}

TEST_F(FolderTree, WorksWithoutACache) {
  setenv("XDG_CACHE_HOME", "/proc/none", 1);
  EXPECT_EQ(open_tree(folder.path(), {.index_from = 1})->files().size(), 4U);
}

TEST(FolderIndex, ComesBackAsItWas) {
  FolderListing listing;
  listing.files.add_folder("");
  listing.files.add_file("a");
  listing.files.add_folder("b");
  listing.files.add_folder("b/c");
  listing.files.add_file("new\nline");
  listing.files.add_file(std::string(300, 'x'));
  listing.times = {{1, 2}, {-3, 4}, {5, 6}};
  const std::string bytes = write_index(listing, "key");
  const auto span = [](const std::string& text) {
    return std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  };
  const FolderListing read = read_index(span(bytes), "key");
  EXPECT_EQ(read.times, listing.times);
  ASSERT_EQ(read.files.size(), 3U);
  EXPECT_EQ(read.files.path(1), "b/c/new\nline");
  EXPECT_THROW(read_index(span(bytes), "another"), DataError);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(read_index(span(bytes.substr(0, size)), "key"), DataError) << size;
  }
}

}  // namespace
}  // namespace ridgeline::data
