#include "data/download.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <map>

#include "data/checksum.hpp"
#include "data/unpack.hpp"
#include "folder.hpp"
#include "ridgeline/dataset.hpp"
#include "ridgeline/error.hpp"
#include "server.hpp"

namespace ridgeline::data {
namespace {

namespace fs = std::filesystem;
using test::Bytes;
using test::Folder;
using test::message_of;
using test::read_bytes;
using test::Server;
using testing::HasSubstr;

Bytes content(std::size_t size = 300'000) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = (i * i / 7 + i) % 251;
  return bytes;
}

std::string text_of(const Bytes& bytes) {
  return {bytes.begin(), bytes.end()};
}

void write_tar_gz(const fs::path& path, const std::map<std::string, std::string>& files) {
  archive* writer = archive_write_new();
  archive_write_add_filter_gzip(writer);
  archive_write_set_format_ustar(writer);
  archive_write_open_filename(writer, path.c_str());
  for (const auto& [name, text] : files) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_filetype(entry, name.ends_with('/') ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(text.size()));
    archive_write_header(writer, entry);
    archive_write_data(writer, text.data(), text.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
}

/// A remote set of one file that this test serves.
struct Download : testing::Test {
  Download() {
    setenv("no_proxy", "127.0.0.1", 1);
    served.write("data.bin", content());
    set.files = {{"data.bin",
                  {"file://" + (served / "data.bin").string()},
                  content().size(),
                  sha256(served / "data.bin")}};
  }
  Downloaded get(const OnProgress& on_progress = {}) {
    return download(set, root.path(), on_progress);
  }
  bool nothing_under_its_name() { return !fs::exists(root / "set"); }

  Folder served, root;
  RemoteSet set{.source = "set", .folder = "set"};
  const std::string part = "set.part/data.bin.part";
};

TEST(Sha256, KnownAnswers) {
  const Folder folder;
  folder.write("abc", "abc");
  folder.write("empty", "");
  EXPECT_EQ(sha256(folder / "abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256(folder / "empty"),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_THROW(sha256(folder / "absent"), ResourceError);
}

TEST_F(Download, BringsTheWholeSetOnce) {
  std::uint64_t last = 0;
  const Downloaded first = get([&](const DownloadProgress& progress) {
    EXPECT_EQ(progress.file, "data.bin");
    EXPECT_EQ(progress.bytes, content().size());
    EXPECT_GE(progress.received, last);
    last = progress.received;
    return true;
  });
  EXPECT_FALSE(first.already_there);
  EXPECT_EQ(first.folder, root / "set");
  EXPECT_EQ(last, content().size());
  EXPECT_EQ(read_bytes(root / "set/data.bin"), content());
  EXPECT_FALSE(fs::exists(root / "set.part"));
  fs::remove(served / "data.bin");
  EXPECT_TRUE(get().already_there);
}

TEST_F(Download, GoesOnWhereItStopped) {
  const Bytes bytes = content();
  root.write(part, Bytes(bytes.begin(), bytes.begin() + 200'000));
  // The first half is now wrong on the server, so only a resumed download can be right.
  Bytes changed = bytes;
  std::fill_n(changed.begin(), 200'000, 0);
  served.write("data.bin", changed);
  get();
  EXPECT_EQ(read_bytes(root / "set/data.bin"), bytes);
}

TEST_F(Download, StartsAgainBehindAWrongOrTooLongBeginning) {
  root.write(part, Bytes(1000, 0));
  get();
  EXPECT_EQ(read_bytes(root / "set/data.bin"), content());
  fs::remove_all(root / "set");
  root.write(part, Bytes(400'000, 0));
  get();
  EXPECT_EQ(read_bytes(root / "set/data.bin"), content());
}

TEST_F(Download, TakesTheNextMirror) {
  set.files[0].urls.insert(set.files[0].urls.begin(), "file:///there/is/no/such/file");
  get();
  EXPECT_EQ(read_bytes(root / "set/data.bin"), content());
}

TEST_F(Download, WrongChecksumOrSize) {
  set.files[0].sha256[0] ^= 1;
  EXPECT_THAT(message_of<DataError>([&] { get(); }), HasSubstr("its SHA-256 is "));
  EXPECT_TRUE(nothing_under_its_name());
  EXPECT_FALSE(fs::exists(root / part)) << "what is wrong must not be gone on with";
  set.files[0].bytes += 1;
  EXPECT_THAT(message_of<DataError>([&] { get(); }), HasSubstr("it has 300000 bytes, not 300001"));
  set.files[0].bytes = 1000;
  EXPECT_THAT(message_of<ResourceError>([&] { get(); }), HasSubstr("more than the 1000 bytes"));
  EXPECT_TRUE(nothing_under_its_name());
}

TEST_F(Download, NoServer) {
  set.files[0].urls = {"http://127.0.0.1:1/data.bin", "file:///there/is/no/such/file"};
  const std::string message = message_of<ResourceError>([&] { get(); });
  EXPECT_THAT(message, HasSubstr("data.bin cannot be downloaded (http://127.0.0.1:1/data.bin: "));
  EXPECT_THAT(message, HasSubstr("file:///there/is/no/such/file: "));
  EXPECT_THAT(message, HasSubstr("with a network"));
  EXPECT_TRUE(nothing_under_its_name());
}

TEST_F(Download, InterruptedGoesOnLater) {
  try {
    get([](const DownloadProgress& progress) { return progress.received < 100'000; });
    FAIL() << "was not interrupted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::interrupted);
  }
  EXPECT_TRUE(nothing_under_its_name());
  EXPECT_TRUE(fs::exists(root / part));
  EXPECT_THROW(get([](const DownloadProgress&) -> bool { throw std::logic_error("mine"); }),
               std::logic_error);
  get();
  EXPECT_EQ(read_bytes(root / "set/data.bin"), content());
}

TEST_F(Download, ConnectionCutAndServersWithAndWithoutRanges) {
  const std::string whole = text_of(content());
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n";
  {
    const Server cut([&](const std::string&) { return ok + whole.substr(0, 100'000); });
    set.files[0].urls = {cut.url("data.bin")};
    EXPECT_THAT(message_of<ResourceError>([&] { get(); }), HasSubstr(cut.url("data.bin")));
    EXPECT_TRUE(nothing_under_its_name());
    ASSERT_EQ(fs::file_size(root / part), 100'000u);
  }
  const fs::path kept = root / "kept";
  fs::copy_file(root / part, kept);
  {
    std::string asked;
    const Server ranges([&](const std::string& request) {
      asked += request;
      return "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 100000-299999/300000\r\n"
             "Content-Length: 200000\r\n\r\n" +
             whole.substr(100'000);
    });
    set.files[0].urls = {ranges.url("data.bin")};
    get();
    EXPECT_THAT(asked, HasSubstr("Range: bytes=100000-"));
    EXPECT_EQ(read_bytes(root / "set/data.bin"), content());
  }
  fs::remove_all(root / "set");
  fs::create_directory(root / "set.part");
  fs::rename(kept, root / part);
  {
    const Server plain([&](const std::string&) { return ok + whole; });
    set.files[0].urls = {plain.url("data.bin")};
    get();
    EXPECT_EQ(read_bytes(root / "set/data.bin"), content());
  }
}

TEST_F(Download, ErrorsOfTheServer) {
  const Server server(
      [](const std::string&) { return "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone"; });
  set.files[0].urls = {server.url("data.bin")};
  EXPECT_THAT(message_of<ResourceError>([&] { get(); }), HasSubstr("404"));
  EXPECT_TRUE(nothing_under_its_name());
}

TEST_F(Download, NoRoomOnTheDisk) {
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = before;
  small.rlim_cur = 100'000;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string message = message_of<ResourceError>([&] { get(); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(message, HasSubstr("cannot be written: "));
  EXPECT_TRUE(nothing_under_its_name());
  get();
  EXPECT_EQ(read_bytes(root / "set/data.bin"), content());
}

TEST_F(Download, NoFolderToWriteTo) {
  root.write("file", "x");
  EXPECT_THAT(message_of<ResourceError>([&] { download(set, root / "file"); }),
              HasSubstr("cannot be written"));
}

TEST_F(Download, UnpacksArchives) {
  write_tar_gz(served / "set.tar.gz", {{"set/", ""},
                                       {"set/one.bin", text_of(content())},
                                       {"set/empty", ""},
                                       {"../../outside", "x"}});
  const Bytes packed = read_bytes(served / "set.tar.gz");
  set.archive = true;
  set.files = {{"set.tar.gz",
                {"file://" + (served / "set.tar.gz").string()},
                packed.size(),
                sha256(served / "set.tar.gz")}};
  get();
  EXPECT_EQ(read_bytes(root / "set/one.bin"), content());
  EXPECT_TRUE(fs::exists(root / "set/empty"));
  EXPECT_TRUE(fs::exists(root / "set/outside"));
  EXPECT_FALSE(fs::exists(root.path().parent_path() / "outside"));
  EXPECT_FALSE(fs::exists(root / "set.part"));
}

TEST(Unpack, BrokenArchives) {
  const Folder folder;
  write_tar_gz(folder / "good", {{"one.bin", text_of(content())}});
  Bytes bytes = read_bytes(folder / "good");
  folder.write("cut", Bytes(bytes.begin(), bytes.begin() + static_cast<long>(bytes.size() / 2)));
  folder.write("text", "this is a page that says sorry");
  folder.write("empty", "");
  write_tar_gz(folder / "bare", {{"only-a-folder/", ""}});
  for (const char* name : {"cut", "text", "empty", "bare", "absent"}) {
    EXPECT_THAT(message_of<DataError>([&] { unpack(folder / name, folder.path()); }),
                HasSubstr(folder / name))
        << name;
  }
}

TEST(RemoteSets, AreFoundByTheirSources) {
  EXPECT_THAT(message_of<UsageError>([] { download("imagenet"); }),
              HasSubstr("the sets that can are cifar10, cifar100, fashion-mnist, mnist"));
  for (const RemoteSet& set : remote_sets()) {
    EXPECT_THAT(source_names(), testing::Contains(set.source));
    for (const RemoteFile& file : set.files) {
      EXPECT_EQ(file.sha256.size(), 64u);
      EXPECT_GT(file.bytes, 0u);
      for (const std::string& url : file.urls) EXPECT_TRUE(url.ends_with("/" + file.name));
    }
  }
}

}  // namespace
}  // namespace ridgeline::data
