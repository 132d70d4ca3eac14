#include "engine/team.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>
#include <vector>

namespace ridgeline::engine {
namespace {

TEST(Team, EveryThreadWorksOnceAndRunsFollowEachOther) {
  for (const int threads : {1, 2, 3, 7}) {
    Team team(threads);
    std::vector<int> calls(static_cast<std::size_t>(threads), 0);
    for (int round = 0; round < 50; ++round) {
      team.run([&](int t) { ++calls[static_cast<std::size_t>(t)]; });
    }
    for (const int count : calls) EXPECT_EQ(count, 50);
  }
}

TEST(Team, ABarrierSeparatesWhatIsBeforeFromWhatIsAfter) {
  constexpr int threads = 4, rounds = 100;
  Team team(threads);
  std::vector<int> written(threads, 0);
  std::atomic<int> wrong{0};
  team.run([&](int t) {
    for (int round = 1; round <= rounds; ++round) {
      written[static_cast<std::size_t>(t)] = round;
      team.barrier();
      for (const int w : written) wrong += w != round;
      team.barrier();
    }
  });
  EXPECT_EQ(wrong, 0);
}

TEST(Team, AnExceptionReleasesTheOthersAndTheTeamGoesOn) {
  Team team(3);
  for (int failing = 0; failing < 3; ++failing) {
    EXPECT_THROW(team.run([&](int t) {
      if (t == failing) throw std::runtime_error("failed");
      team.barrier();
      team.barrier();
    }),
                 std::runtime_error);
    std::atomic<int> count{0};
    team.run([&](int) {
      team.barrier();
      ++count;
    });
    EXPECT_EQ(count, 3);
  }
}

TEST(Team, DenormalNumbersAreZeroInsideAndAsBeforeOutside) {
#if !defined(__x86_64__) && !defined(__aarch64__)
  GTEST_SKIP() << "denormal numbers are flushed on x86-64 and AArch64 only";
#endif
  volatile float smallest_normal = std::numeric_limits<float>::min(), half = 0.5F, two = 2;
  const auto result_of_underflow = [&] { return smallest_normal * half; };
  volatile float denormal = result_of_underflow();
  ASSERT_GT(denormal, 0.0F);
  Team team(3);
  std::atomic<int> flushed{0};
  team.run([&](int) { flushed += result_of_underflow() == 0 && denormal * two == 0; });
  EXPECT_EQ(flushed, 3);
  EXPECT_GT(result_of_underflow(), 0.0F);
  EXPECT_EQ(denormal * two, smallest_normal);
}

TEST(Team, ThereIsAtLeastOneCore) {
  EXPECT_GE(available_cores(), 1);
}

}  // namespace
}  // namespace ridgeline::engine
