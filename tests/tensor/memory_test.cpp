#include "tensor/memory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <limits>
#include <thread>

#include "data/folder.hpp"
#include "ridgeline/error.hpp"
#include "tensor/buffer.hpp"

namespace ridgeline {
namespace {

constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

class ControlGroup : public testing::Test {
 protected:
  void write(const std::string& file, const std::string& text) const { folder_.write(file, text); }
  std::size_t left() const {
    return control_group_memory(folder_.path() / "proc", folder_.path() / "groups");
  }

  test::Folder folder_;
};

TEST_F(ControlGroup, WithoutOneThereIsNoLimit) {
  EXPECT_EQ(left(), no_limit);
  write("proc/self/cgroup", "0::/jobs/a\n");
  EXPECT_EQ(left(), no_limit);
}

TEST_F(ControlGroup, TheLeastOfAllAncestorsCounts) {
  write("proc/self/cgroup", "0::/jobs/a\n");
  write("groups/jobs/a/memory.max", "max\n");
  write("groups/jobs/a/memory.current", "10\n");
  EXPECT_EQ(left(), no_limit);
  write("groups/jobs/memory.max", "5000\n");
  write("groups/jobs/memory.current", "3000\n");
  EXPECT_EQ(left(), 2000U);
  write("groups/memory.max", "4000\n");  // a container's own group
  write("groups/memory.current", "3900\n");
  EXPECT_EQ(left(), 100U);
}

TEST_F(ControlGroup, CachedFilesAreFree) {
  write("proc/self/cgroup", "0::/\n");
  write("groups/memory.max", "5000\n");
  write("groups/memory.current", "4900\n");
  write("groups/memory.stat", "anon 1\nfile 1000\nkernel 7\n");
  EXPECT_EQ(left(), 1100U);
}

TEST_F(ControlGroup, VersionOneIsRead) {
  write("proc/self/cgroup", "4:memory:/jobs\n3:cpu,cpuacct:/\n0::/\nnonsense\n");
  write("groups/memory/jobs/memory.limit_in_bytes", "5000\n");
  write("groups/memory/jobs/memory.usage_in_bytes", "4900\n");
  write("groups/memory/jobs/memory.stat", "cache 400\n");
  EXPECT_EQ(left(), 500U);
}

TEST(Memory, MoreThanThereIsIsRefusedBeforeItIsUsed) {
  EXPECT_GT(available_memory(), std::size_t{1} << 20);
  EXPECT_NO_THROW(require_memory(1 << 20, "test"));
  try {
    require_memory(std::size_t{1} << 60, "hold everything");
    ADD_FAILURE() << "2^60 bytes";
  } catch (const ResourceError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("not enough memory to hold everything"));
  }
  // Linux would promise this much, and end the process when it writes to it.
  const std::size_t all = available_memory() + (std::size_t{64} << 20);
  EXPECT_THROW(Buffer<char>{all}, ResourceError);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
// Takes all memory below a limit, even the last bytes, and returns whether 216 more bytes are
// available.
bool a_small_block_is_left(bool reserved) {
  bool left = false;
  std::thread([&] {
    if (reserved) reserve_small_blocks();
    for (const std::size_t bytes : {1UL << 24, 1UL << 16, 1UL << 11}) {
      while (void* block = std::malloc(bytes)) *static_cast<volatile char*>(block) = 0;
    }
    void* block = std::malloc(216);
    left = block != nullptr;
    if (block) *static_cast<volatile char*>(block) = 0;
  }).join();
  return left;
}

TEST(Memory, ReservedSmallBlocksAreThereWhenAllElseIsTaken) {
  const auto in_little_memory = [](bool reserved) {
    const rlimit limit{.rlim_cur = std::size_t{1} << 29, .rlim_max = std::size_t{1} << 29};
    setrlimit(RLIMIT_AS, &limit);
    std::_Exit(a_small_block_is_left(reserved) ? 0 : 1);
  };
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_EXIT(in_little_memory(true), testing::ExitedWithCode(0), "");
}
#endif

}  // namespace
}  // namespace ridgeline
