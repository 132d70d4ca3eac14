#include "engine/kernels/peak.hpp"

#include <gtest/gtest.h>

#include "engine/kernels/peak_loops.hpp"

namespace ridgeline::engine::kernels {
namespace {

// The counts match the computation: the results tell how many sums and rounds there were.

TEST(Peak, EverySumOfFp32IsComputed) {
  const auto sums = static_cast<float>(fp32_round_flops()) / 2;  // over all lanes
  EXPECT_GT(sums, 0);
  EXPECT_NEAR(fp32_rounds(100), 2 * sums, 1e-3);
}

TEST(Peak, EveryRoundOfBf16IsComputed) {
  if (bf16_round_flops() == 0) GTEST_SKIP() << "this CPU has no products of bf16";
  const auto sums = static_cast<float>(bf16_round_flops()) / 4;  // a pair of products each
  EXPECT_EQ(bf16_rounds(7) - bf16_rounds(3), 4 * sums * 0.5f);
}

TEST(Peak, IsMeasured) {
  const PeakGflops peak = measure_peak(1);
  EXPECT_GT(peak.fp32, 0);
  EXPECT_EQ(peak.bf16.has_value(), bf16_round_flops() > 0);
}

}  // namespace
}  // namespace ridgeline::engine::kernels
