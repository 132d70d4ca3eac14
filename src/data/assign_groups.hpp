#pragma once
// Splits and folds of whole groups, with the classes as even as the groups allow.

#include <cstdint>
#include <vector>

#include "data/assign.hpp"

namespace ridgeline::data {

/// The positions of each group's samples; empty if no group has two samples.
std::vector<std::vector<std::size_t>> find_groups(const SplitSamples& samples);

using Groups = std::vector<std::vector<std::size_t>>;
/// As in assign.hpp, for the groups that find_groups gave. The groups are shuffled by seed.
std::vector<bool> assign_validation(const Groups& groups, const SplitSamples& samples,
                                    double fraction, std::uint64_t seed);
std::vector<int> assign_folds(const Groups& groups, const SplitSamples& samples, int folds,
                              std::uint64_t seed);

}  // namespace ridgeline::data
