#pragma once
// The seeds of a fuzzer, and damaged copies of them.

#include <gtest/gtest.h>

#include <span>

#include "support/files.hpp"
#include "support/mutate.hpp"

namespace ridgeline::test {

/// Gives `check` the seeds in tests/fuzz/corpus/NAME, each cut at many places, and with some bytes
/// changed.
inline void check_seeds(const std::string& name,
                        void (*check)(std::span<const std::uint8_t> input)) {
  const auto seeds = files_of("fuzz/corpus/" + name);
  ASSERT_FALSE(seeds.empty());
  std::mt19937 random(1);
  const std::size_t copies = std::max<std::size_t>(50, 2000 / seeds.size());
  for (const auto& path : seeds) {
    const Bytes seed = read_bytes(path);
    check(seed);
    const std::size_t step = seed.size() / 500 + 1;
    for (std::size_t size = 0; size < seed.size(); size += step) {
      check(std::span(seed).first(size));
    }
    for (std::size_t copy = 0; copy < copies; ++copy) check(mutate(seed, random));
  }
}

}  // namespace ridgeline::test
