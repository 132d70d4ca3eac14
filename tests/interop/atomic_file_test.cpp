#include "tensor/atomic_file.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "data/folder.hpp"
#include "interop/safetensors.hpp"
#include "ridgeline/error.hpp"
#include "tensor/random.hpp"

namespace ridgeline::interop {
namespace {

namespace fs = std::filesystem;
using test::Folder;
using test::message_of;
using ::testing::Test;

std::string text_of(const fs::path& file) {
  const auto bytes = test::read_bytes(file);
  return {bytes.begin(), bytes.end()};
}

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

// A limit on the file size makes a write fail half-way, like a full disk.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST(AtomicFile, AppearsOnlyWhenCommitted) {
  const Folder folder;
  {
    AtomicFile file(folder / "a");
    file.write("one ");
    file.write("two");
    EXPECT_FALSE(fs::exists(folder / "a"));
    file.commit();
  }
  EXPECT_EQ(text_of(folder / "a"), "one two");
  { AtomicFile(folder / "a").write("never committed"); }
  EXPECT_EQ(text_of(folder / "a"), "one two");
  EXPECT_EQ(files_in(folder.path()), 1u);
}

TEST(AtomicFile, FullDiskKeepsTheOldFileAndLeavesNoRubbish) {
  const Folder folder;
  write_file(folder / "a", "old");
  std::string message;
  {
    const SmallDisk disk(1000);
    message = message_of<ResourceError>([&] { write_file(folder / "a", std::string(5000, 'x')); });
  }
  EXPECT_EQ(message, (folder / "a").string() +
                         " cannot be written: File too large; the file as it was is kept");
  EXPECT_EQ(text_of(folder / "a"), "old");
  EXPECT_EQ(files_in(folder.path()), 1u);
}

TEST(AtomicFile, MissingFolder) {
  const Folder folder;
  EXPECT_EQ(message_of<ResourceError>([&] { write_file(folder / "no" / "a", "text"); }),
            (folder / "no/a").string() + " cannot be written: there is no folder " +
                (folder / "no").string());
}

TEST(AtomicFile, FolderWithoutRights) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write anywhere";
  const Folder folder;
  fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_EQ(message_of<ResourceError>([&] { write_file(folder / "a", "text"); }),
            (folder / "a").string() + " cannot be written: Permission denied");
  fs::permissions(folder.path(), fs::perms::owner_all);
}

TEST(AtomicFile, ReplacesNoDeviceAndNoFolder) {
  const Folder folder;
  EXPECT_EQ(message_of<ResourceError>([&] { write_file(folder.path(), "text"); }),
            folder.path().string() + " cannot be written: it is not a regular file");
  EXPECT_THROW(write_file("/dev/null", "text"), ResourceError);
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(AtomicFile, FollowsASymbolicLink) {
  const Folder folder;
  write_file(folder / "real", "old");
  fs::create_symlink("real", folder / "link");
  write_file(folder / "link", "new");
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(text_of(folder / "real"), "new");
}

TEST(AtomicFile, WritersOfOneTargetWaitForEachOther) {
  const Folder folder;
  std::vector<std::thread> writers;
  for (char c = 'a'; c < 'e'; ++c) {
    writers.emplace_back([&, c] {
      for (int i = 0; i < 10; ++i) write_file(folder / "x", std::string(100'000, c));
    });
  }
  for (auto& writer : writers) writer.join();
  const std::string text = text_of(folder / "x");
  EXPECT_EQ(text, std::string(100'000, text.at(0)));
  EXPECT_EQ(files_in(folder.path()), 1u);
}

TEST(AtomicFile, FolderThatCannotBeMade) {
  const Folder folder;
  write_file(folder / "file", "text");
  EXPECT_THROW(make_folder(folder / "file"), ResourceError);
  EXPECT_THROW(make_folder(folder / "file" / "below"), ResourceError);
  make_folder(folder / "a/b");
  make_folder(folder / "a/b");
  EXPECT_TRUE(fs::is_directory(folder / "a/b"));
}

// Saves files, each full of one number, until it is killed.
[[noreturn]] void save_for_ever(const fs::path& file) {
  for (float value = 0;; ++value) {
    const std::vector<float> weights(50'000, value);
    SafetensorsWriter writer;
    writer.add("weights", {50'000}, weights);
    try {
      writer.write(file);
    } catch (const Error&) {
      _exit(1);
    }
  }
}

TEST(AtomicFile, KilledWhileSavingTheFileIsWhole) {
  const Folder folder;
  const fs::path file = folder / "model.safetensors";
  Random random(1, Purpose::test);
  for (int kill_number = 0; kill_number < 20; ++kill_number) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) save_for_ever(file);
    while (!fs::exists(file)) usleep(100);
    usleep(static_cast<useconds_t>(random.below(5000)));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));

    std::vector<float> weights(50'000);
    Safetensors::read(file).copy("weights", weights);
    EXPECT_EQ(weights, std::vector<float>(50'000, weights[0]));
    EXPECT_LE(files_in(folder.path()), 2u);
  }
  write_file(file, "the next writer takes the rest away");
  EXPECT_EQ(files_in(folder.path()), 1u);
}

}  // namespace
}  // namespace ridgeline::interop
