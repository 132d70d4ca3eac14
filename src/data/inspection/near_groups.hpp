#pragma once
// Images that look alike, found without comparing each with all others.

#include <cstdint>
#include <span>
#include <vector>

#include "data/inspection/perceptual_hash.hpp"

namespace ridgeline::data {

/// Groups of two or more of the hashes, by their indices, in order. Each of a group looks like
/// another one of the group. Of the 64 bits of coarse hashes, 5 bands are made: where at most 4
/// bits differ, one band is equal. So only hashes with an equal band are compared; where that
/// leaves many, the other bits are divided once more.
std::vector<std::vector<std::uint32_t>> near_groups(std::span<const PerceptualHash> hashes);

}  // namespace ridgeline::data
