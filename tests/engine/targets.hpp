#pragma once
// Kernels on every instruction set that this machine runs.

#include <gtest/gtest.h>

#include <cstdint>

#include "support/highway_targets.hpp"

namespace ridgeline::engine::kernels {

/// Calls check(draw) for draws 0, 1, ... on each target, until one fails.
template <typename Check>
void on_every_target(std::uint64_t draws, Check check) {
  test::on_every_target([&] {
    for (std::uint64_t draw = 0; draw < draws && !testing::Test::HasFailure(); ++draw) {
      SCOPED_TRACE(draw);
      check(draw);
    }
  });
}

}  // namespace ridgeline::engine::kernels
