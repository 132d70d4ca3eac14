#pragma once
// Kernels on every instruction set that this machine runs.

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cstdint>

namespace ridgeline::engine::kernels {

/// Calls check(draw) for draws 0, 1, ... on each target, until one fails.
template <typename Check>
void on_every_target(std::uint64_t draws, Check check) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    for (std::uint64_t draw = 0; draw < draws && !testing::Test::HasFailure(); ++draw) {
      SCOPED_TRACE(draw);
      check(draw);
    }
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace ridgeline::engine::kernels
