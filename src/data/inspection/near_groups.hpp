#pragma once
// Images that look alike, found without comparing each with all others.

#include <cstdint>
#include <span>
#include <vector>

#include "data/inspection/perceptual_hash.hpp"

namespace ridgeline::data {

/// Groups of two or more of the hashes, by their indices, in order. Each member looks like another
/// member of its group. The 64 bits of coarse hashes are divided into 5 bands: if at most 4 bits
/// differ, at least one band is equal. So only hashes with an equal band are compared. If many have
/// the same band, their other bits are divided once more.
std::vector<std::vector<std::uint32_t>> near_groups(std::span<const PerceptualHash> hashes);

}  // namespace ridgeline::data
