#include "tensor/threads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#ifdef __linux__
#include <sys/resource.h>
#include <unistd.h>
#endif

#include <atomic>
#include <new>

#include "ridgeline/error.hpp"

namespace ridgeline {
namespace {

TEST(StartThreads, EachHasItsNumber) {
  std::atomic<int> sum = 0;
  for (std::thread& t : start_threads(5, {.purpose = "add",
                                         .key = "train.threads",
                                         .work = [&](int i) { sum += i; },
                                         .release = [] {}})) {
    t.join();
  }
  EXPECT_EQ(sum, 10);
}

// A group whose threads wait until they are released.
struct Waiting {
  std::atomic<bool> stop = false;
  std::atomic<int> started = 0, ended = 0;

  ThreadWork work() {
    return {.purpose = "wait",
            .key = "train.threads",
            .work =
                [this](int) {
                  ++started;
                  stop.wait(false);
                  ++ended;
                },
            .release =
                [this] {
                  stop = true;
                  stop.notify_all();
                }};
  }
};

TEST(StartThreads, OneThatCannotBePreparedCountsAsNotStarted) {
  Waiting waiting;
  ThreadWork work = waiting.work();
  std::atomic<int> prepared = 0;
  work.prepare = [&] {
    if (++prepared == 4) throw std::bad_alloc();
  };
  try {
    start_threads(10, work);
    ADD_FAILURE() << "the fourth cannot be prepared";
  } catch (const ResourceError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("only 3 of 10 more threads to wait"));
  }
  EXPECT_EQ(prepared, 4);
  EXPECT_EQ(waiting.started, 3);
  EXPECT_EQ(waiting.ended, 3);
}

// Stacks of 16 TiB: only a few fit into the address space.
TEST(StartThreads, WhereOneCannotBeStartedAllEnd) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers keep books on every stack";
#endif
  pthread_attr_t before, large;
  ASSERT_EQ(pthread_getattr_default_np(&before), 0);
  pthread_attr_init(&large);
  ASSERT_EQ(pthread_attr_setstacksize(&large, std::size_t{1} << 44), 0);
  ASSERT_EQ(pthread_setattr_default_np(&large), 0);
  Waiting waiting;
  try {
    start_threads(100, waiting.work());
    ADD_FAILURE() << "100 stacks of 16 TiB";
  } catch (const ResourceError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("of 100 more threads to wait"));
    EXPECT_THAT(error.what(), testing::HasSubstr("train.threads"));
  }
  EXPECT_EQ(waiting.started, waiting.ended);
  pthread_setattr_default_np(&before);
}

#ifdef __linux__
TEST(GiveWay, ChangesTheCallingThreadAlone) {
  const auto nice = [] { return getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())); };
  const int before = nice();
  if (before > 9) GTEST_SKIP() << "this process gives way as far as it can";
  std::thread([&] {
    give_way();
    EXPECT_EQ(nice(), before + 5);
    give_way();
    EXPECT_EQ(nice(), before + 10);
  }).join();
  EXPECT_EQ(nice(), before);
}
#endif

}  // namespace
}  // namespace ridgeline
