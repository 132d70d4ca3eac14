#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "archives.hpp"
#include "data/sources/archive_index.hpp"
#include "data/sources/file_tree.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

using test::Bytes;
using test::Files;
using test::message_of;
using test::tar_member;
using test::tar_of;
using test::zip_of;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> paths(const FileTree& tree) {
  std::vector<std::string> all;
  for (std::size_t f = 0; f < tree.files().size(); ++f) all.push_back(tree.files().path(f));
  return all;
}

std::string text_of(const FileTree& tree, const std::string& path) {
  const Bytes bytes = tree.read(tree.files().find(path).value());
  return {bytes.begin(), bytes.end()};
}

const Files pets{{"train/dog/2.jpg", "two"},
                 {"train/cat/1.jpg", std::string(5000, 'x')},
                 {"train/cat-like/3.jpg", "three"},
                 {"readme", "text"},
                 {"train/cat/deep/er/4.jpg", "four"}};

struct Archive : testing::Test {
  std::shared_ptr<const FileTree> open(const Bytes& bytes) {
    folder.write("a.bin", bytes);
    return open_tree(folder / "a.bin");
  }
  std::string error(const Bytes& bytes) {
    return message_of<DataError>([&] {
      const auto tree = open(bytes);
      for (std::size_t f = 0; f < tree->files().size(); ++f) tree->read(f);
    });
  }
  void expect_pets(const FileTree& tree) {
    EXPECT_THAT(paths(tree), ElementsAre("readme", "train/cat/1.jpg", "train/cat/deep/er/4.jpg",
                                         "train/cat-like/3.jpg", "train/dog/2.jpg"));
    for (const auto& [path, text] : pets) EXPECT_EQ(text_of(tree, path), text) << path;
    EXPECT_EQ(tree.read(1, 7), Bytes(7, 'x'));
    EXPECT_EQ(tree.name(4), (folder / "a.bin").string() + "/train/dog/2.jpg");
    EXPECT_FALSE(tree.files().find("train/dog/3.jpg"));
    EXPECT_FALSE(tree.files().find("train/dog"));
  }
  test::Folder folder;
};

TEST_F(Archive, ZipMembersAreReadInPlace) {
  for (const bool deflated : {false, true}) {
    for (const bool zip64 : {false, true}) {
      expect_pets(*open(zip_of(pets, {.deflated = deflated, .zip64 = zip64})));
    }
  }
}

TEST_F(Archive, ZipMayHaveAComment) {
  Bytes bytes = zip_of(pets);
  bytes[bytes.size() - 2] = 5;
  test::put(bytes, "hello");
  expect_pets(*open(bytes));
}

TEST_F(Archive, ZipIsReadByManyThreads) {
  Files files;
  for (int i = 0; i < 200; ++i) {
    files.emplace_back(std::to_string(1000 + i),
                       std::string(100 + i, static_cast<char>('a' + i % 26)));
  }
  const auto tree = open(zip_of(files, {.deflated = true}));
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = t; i < files.size(); i += 2) {
        const Bytes bytes = tree->read(i);
        EXPECT_EQ(std::string(bytes.begin(), bytes.end()), files[i].second);
      }
    });
  }
}

TEST_F(Archive, ZipThatLeavesItsFolderIsRefused) {
  for (const char* name : {"../x.jpg", "a/../../x.jpg", "/etc/x.jpg", "a\\..\\..\\x.jpg", "a/.."}) {
    const std::string said = error(zip_of({{"ok.jpg", "x"}, {name, "x"}}));
    EXPECT_THAT(said, HasSubstr(name));
    EXPECT_THAT(said, HasSubstr("leaves the archive's folder"));
  }
}

TEST_F(Archive, ZipRefusesWhatItCannotRead) {
  EXPECT_THAT(error(zip_of(pets, {.flags = 1})), HasSubstr("encrypted"));
  EXPECT_THAT(error(zip_of(pets, {.attributes = 0120777})), HasSubstr("is a link"));
  EXPECT_THAT(error(zip_of({{"a.jpg", "x"}, {"a.jpg", "y"}})), HasSubstr("two members \"a.jpg\""));
  EXPECT_THAT(error(zip_of({{"a.jpg", ""}})), HasSubstr("a.jpg: is empty"));
  Bytes bytes = zip_of({{"a.jpg", "x"}});
  bytes[8] = bytes[8 + 30 + 5 + 3 + 1 + 2] = 12;  // the method, here and in the directory
  EXPECT_THAT(error(bytes), HasSubstr("method 12"));
}

TEST_F(Archive, ZipBombsAreRefusedBeforeMemoryIsTaken) {
  const std::string said =
      error(zip_of({{"a.jpg", "x"}}, {.deflated = true, .zip64 = true, .claim = 1ULL << 40}));
  EXPECT_THAT(said, HasSubstr("claims 1099511627776 bytes"));
  // The most that deflate can give, and more than any image has.
  const std::string zeros(1 << 23, '\0');
  EXPECT_THAT(error(zip_of({{"a.jpg", zeros}}, {.deflated = true, .claim = 8'400'000})),
              HasSubstr("bytes end too early"));
}

TEST_F(Archive, ZipMembersThatShareBytesAreRefused) {
  Bytes bytes = zip_of({{"a.jpg", "one"}, {"b.jpg", "two"}});
  // The place of the second member in the directory becomes that of the first.
  for (std::size_t at = bytes.size() - 22 - 9; at < bytes.size() - 22 - 5; ++at) bytes[at] = 0;
  EXPECT_THAT(error(bytes), HasSubstr("share byte 0"));
}

TEST_F(Archive, DamagedZipIsNamed) {
  const Bytes whole = zip_of(pets, {.deflated = true});
  for (std::size_t size : {10UL, 100UL, whole.size() - 30, whole.size() - 1}) {
    EXPECT_THAT(error(Bytes(whole.begin(), whole.begin() + static_cast<long>(size))),
                HasSubstr("cut short or corrupt"))
        << size;
  }
  Bytes damaged = zip_of({{"a.jpg", "some text"}});
  damaged[30 + 5 + 3] ^= 1;
  EXPECT_THAT(error(damaged),
              HasSubstr("a.jpg: the member of the archive is corrupt: its checksum"));
}

TEST_F(Archive, TarMembersAreReadInPlace) {
  expect_pets(*open(tar_of(pets)));
}

TEST_F(Archive, TarHasLongNames) {
  const std::string longer(150, 'n'), path = longer + "/x.jpg";
  const std::string pax = std::to_string(11 + path.size() - 1) + " path=" + path + "\n";
  const auto gnu = open(tar_of({tar_member("././@LongLink", path + '\0', 'L'),
                                tar_member("cut", "long"), tar_member("b", "short")}));
  EXPECT_THAT(paths(*gnu), ElementsAre("b", path));
  EXPECT_EQ(text_of(*gnu, path), "long");
  ASSERT_EQ(pax.size(), std::stoul(pax));
  const auto posix = open(tar_of({tar_member("x", pax, 'x'), tar_member("cut", "long"),
                                  tar_member("g", "8 a=bcd\n", 'g'), tar_member("b", "short")}));
  EXPECT_THAT(paths(*posix), ElementsAre("b", path));
  Bytes prefixed = tar_member("x.jpg", "text");
  std::copy_n("some/where", 10, prefixed.begin() + 345);
  for (const char c : std::string("some/where")) {
    // The checksum of the header grows by the bytes of the prefix.
    const std::string digits(prefixed.begin() + 148, prefixed.begin() + 154);
    char sum[16];
    snprintf(sum, sizeof sum, "%06o", static_cast<unsigned>(std::stoul(digits, nullptr, 8) + c));
    std::copy_n(sum, 6, prefixed.begin() + 148);
  }
  EXPECT_THAT(paths(*open(tar_of({prefixed}))), ElementsAre("some/where/x.jpg"));
}

TEST_F(Archive, TarHardLinksAreTheFirstMember) {
  const auto tree =
      open(tar_of({tar_member("a/1.jpg", "text"), tar_member("b/2.jpg", "", '1', "a/1.jpg")}));
  EXPECT_EQ(text_of(*tree, "b/2.jpg"), "text");
  EXPECT_THAT(error(tar_of({tar_member("b/2.jpg", "", '1', "a/1.jpg")})),
              HasSubstr("\"a/1.jpg\", which is not in the archive before it"));
}

TEST_F(Archive, TarKeepsEmptyFolders) {
  const auto tree = open(tar_of({tar_member("train/cat/", "", '5'), tar_member("x", "y")}));
  EXPECT_TRUE(tree->files().find_folder("train/cat"));
  EXPECT_THAT(paths(*tree), ElementsAre("x"));
}

TEST_F(Archive, TarRefusesWhatLeavesIt) {
  EXPECT_THAT(error(tar_of({tar_member("../x", "y")})), HasSubstr("leaves the archive's folder"));
  EXPECT_THAT(error(tar_of({tar_member("/x", "y")})), HasSubstr("\"/x\""));
  EXPECT_THAT(error(tar_of({tar_member("x", "", '2', "/etc/passwd")})),
              HasSubstr("is a link to \"/etc/passwd\""));
  EXPECT_THAT(error(tar_of({tar_member("x", "y"), tar_member("x", "z")})),
              HasSubstr("two members \"x\""));
  EXPECT_THAT(error(tar_of({tar_member("x", "y", 'S')})), HasSubstr("sparse"));
}

TEST_F(Archive, DamagedTarIsNamed) {
  const Bytes whole = tar_of({{"a.jpg", std::string(3000, 'x')}, {"b.jpg", "y"}});
  EXPECT_THAT(error(Bytes(whole.begin(), whole.begin() + 2000)),
              HasSubstr("at byte 0: the member claims 3000 bytes, and 1488 follow"));
  EXPECT_THAT(error(Bytes(whole.begin(), whole.end() - 1024)), HasSubstr("without the two empty"));
  Bytes damaged = whole;
  damaged[512 + 3072 + 3] ^= 1;
  EXPECT_THAT(error(damaged), HasSubstr("at byte 3584: this is not the header"));
}

TEST_F(Archive, CompressedTarSaysWhatToDo) {
  EXPECT_THAT(error(test::gzip(tar_of(pets))), HasSubstr("decompress it with gunzip"));
  EXPECT_THAT(error({'B', 'Z', 'h', '9'}), HasSubstr("bunzip2"));
  EXPECT_THAT(error({0xfd, '7', 'z', 'X', 'Z', 0}), HasSubstr("unxz"));
  EXPECT_THAT(error({0x28, 0xb5, 0x2f, 0xfd}), HasSubstr("unzstd"));
  EXPECT_THAT(error({'h', 'i'}), HasSubstr("neither a folder nor a zip or tar archive"));
  EXPECT_THAT(error({}), HasSubstr("neither a folder nor"));
}

struct IndexedArchive : Archive {
  IndexedArchive() { setenv("XDG_CACHE_HOME", (cache / "c").c_str(), 1); }
  ~IndexedArchive() override { unsetenv("XDG_CACHE_HOME"); }
  std::shared_ptr<const FileTree> reopen() {
    return open_tree(folder / "a.bin", {.index_from = 1});
  }
  std::string index_name() {
    const std::filesystem::directory_iterator all(cache / "c/ridgeline/index");
    return "c/ridgeline/index/" + all->path().filename().string();
  }
  /// Writes the archive with times that are old enough for an index.
  void write(const Bytes& bytes) {
    folder.write("a.bin", bytes);
    std::this_thread::sleep_for(std::chrono::milliseconds(2100));
  }
  /// The key of the index, and the members of the archive.
  std::pair<std::string, ArchiveIndex> index() {
    const InputFile archive(folder / "a.bin");
    const std::string key =
        fmt::format("{}\narchive\n{} {} {}", std::filesystem::canonical(archive.path()).string(),
                    archive.size(), archive.modified(), archive.changed());
    return {key, read_archive_index(test::read_bytes(cache / index_name()), key)};
  }
  test::Folder cache;
};

TEST_F(IndexedArchive, IsReadFromItsIndexUntilItChanges) {
  for (const auto& bytes : {tar_of(pets), zip_of(pets, {.deflated = true})}) {
    write(bytes);
    expect_pets(*reopen());
    auto [key, known] = index();
    expect_pets(*reopen());
    known.files.add_file("extra.jpg");  // in the last folder
    known.members.push_back(known.members.back());
    cache.write(index_name(), write_archive_index(known, key));
    EXPECT_EQ(text_of(*reopen(), "train/dog/extra.jpg"), "two");
    // An incomplete index is ignored.
    std::string broken = write_archive_index(known, key);
    broken[broken.size() / 2] ^= 1;
    cache.write(index_name(), broken);
    expect_pets(*reopen());
    // Another archive of this name and size.
    cache.write(index_name(), write_archive_index(known, key));
    folder.write("a.bin", bytes);
    expect_pets(*reopen());
  }
}

TEST_F(IndexedArchive, ANewOneHasNoIndex) {
  folder.write("a.bin", tar_of(pets));
  expect_pets(*reopen());
  EXPECT_FALSE(std::filesystem::exists(cache / "c"));
  write(tar_of(pets));
  open_tree(folder / "a.bin", {.index_from = pets.size() + 1});
  open_tree(folder / "a.bin", {.index_from = 0});
  EXPECT_FALSE(std::filesystem::exists(cache / "c"));
}

TEST_F(IndexedArchive, WorksWithoutACache) {
  setenv("XDG_CACHE_HOME", "/proc/none", 1);
  write(tar_of(pets));
  expect_pets(*reopen());
}

TEST(ArchiveIndex, ComesBackAsItWas) {
  ArchiveIndex index;
  index.files.add_folder("");
  index.files.add_file("a");
  index.files.add_folder("b");
  index.files.add_folder("b/c");
  index.files.add_file("new\nline");
  index.members = {{.offset = 512, .stored = 7, .size = 7},
                   {.offset = std::uint64_t{1} << 40,
                    .stored = 5,
                    .size = 9,
                    .checksum = 0xffffffff,
                    .deflated = true}};
  const std::string bytes = write_archive_index(index, "key");
  const auto span = [](const std::string& text) {
    return std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  };
  const ArchiveIndex read = read_archive_index(span(bytes), "key");
  ASSERT_EQ(read.files.size(), 2U);
  EXPECT_EQ(read.files.path(1), "b/c/new\nline");
  ASSERT_EQ(read.members.size(), 2U);
  EXPECT_EQ(read.members[1].offset, std::uint64_t{1} << 40);
  EXPECT_EQ(read.members[1].checksum, 0xffffffff);
  EXPECT_TRUE(read.members[1].deflated);
  EXPECT_EQ(write_archive_index(read, "key"), bytes);
  EXPECT_THROW(read_archive_index(span(bytes), "another"), DataError);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(read_archive_index(span(bytes.substr(0, size)), "key"), DataError) << size;
  }
}

TEST_F(Archive, TarHardLinksLeadToTheLastMemberOfTheirName) {
  // When such an archive is unpacked, the last member of a name overwrites the others.
  EXPECT_THAT(error(tar_of(
                  {tar_member("a", "old"), tar_member("a", "new"), tar_member("b", "", '1', "a")})),
              HasSubstr("holds two members \"a\""));
  const auto tree = open(tar_of({tar_member("x/a", "one"), tar_member("x/b", "", '1', "./x/a"),
                                 tar_member("c", "", '1', "x/b")}));
  EXPECT_EQ(text_of(*tree, "c"), "one");
}

TEST_F(Archive, HiddenMembersAreLeftOut) {
  const auto tree =
      open(zip_of({{"__MACOSX/cat/._1.jpg", "x"}, {"./cat/1.jpg", "y"}, {".DS_Store", "z"}}));
  EXPECT_THAT(paths(*tree), ElementsAre("cat/1.jpg"));
}

}  // namespace
}  // namespace ridgeline::data
