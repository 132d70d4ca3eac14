#pragma once
// The peak rate of multiply-adds of this machine's cores, to compare throughput with.

#include <optional>

namespace ridgeline::engine::kernels {

/// Giga floating-point operations a second that `threads` threads (at least 1) reach together on
/// registers alone, a fused multiply-add counted as two: the best of several repetitions of some
/// 50 ms, since whatever disturbs one can only make it slower.
struct PeakGflops {
  double fp32 = 0;
  std::optional<double> bf16;  ///< products of bf16 summed in fp32; absent if the CPU has none
};
PeakGflops measure_peak(int threads);

}  // namespace ridgeline::engine::kernels
