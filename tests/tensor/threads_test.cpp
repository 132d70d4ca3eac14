#include "tensor/threads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>

#include "ridgeline/error.hpp"

namespace ridgeline {
namespace {

TEST(StartThreads, EachHasItsNumber) {
  std::atomic<int> sum = 0;
  for (std::thread& t : start_threads(
           5, "add", [&](int i) { sum += i; }, [] {}))
    t.join();
  EXPECT_EQ(sum, 10);
}

// Stacks of 16 TiB: the address space has room for a few at most.
TEST(StartThreads, WhereOneCannotBeStartedAllEnd) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers keep books on every stack";
#endif
  pthread_attr_t before, large;
  ASSERT_EQ(pthread_getattr_default_np(&before), 0);
  pthread_attr_init(&large);
  ASSERT_EQ(pthread_attr_setstacksize(&large, std::size_t{1} << 44), 0);
  ASSERT_EQ(pthread_setattr_default_np(&large), 0);
  std::atomic<bool> stop = false;
  std::atomic<int> started = 0, ended = 0;
  try {
    start_threads(
        100, "wait",
        [&](int) {
          ++started;
          stop.wait(false);
          ++ended;
        },
        [&] {
          stop = true;
          stop.notify_all();
        });
    ADD_FAILURE() << "100 stacks of 16 TiB";
  } catch (const ResourceError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("of 100 more threads to wait"));
    EXPECT_THAT(error.what(), testing::HasSubstr("train.threads"));
  }
  EXPECT_EQ(started, ended);
  pthread_setattr_default_np(&before);
}

}  // namespace
}  // namespace ridgeline
