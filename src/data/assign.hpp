#pragma once
// Which samples of a set are for validation: splits and folds by class, with groups on one side.

#include <cstdint>
#include <span>
#include <vector>

namespace ridgeline::data {

struct SplitSamples {
  std::size_t size = 0;
  std::span<const std::int32_t> classes;  ///< of each sample, at least 0; empty: one class
  /// The group of each sample; -1 is a group of its own. Ignored if no group has two samples.
  std::span<const std::int64_t> groups;
};

/// Whether each sample is for validation: `fraction` of the samples of each class, to within one
/// sample, or as near as whole groups allow. Both sides get at least one sample. Deterministic by
/// seed. Throws UsageError for a fraction that is not between 0 and 1, fewer than two samples, or a
/// single group.
std::vector<bool> assign_validation(const SplitSamples& samples, double fraction,
                                    std::uint64_t seed);

/// The fold of each sample, from 0 to folds - 1: the samples of each class are spread evenly, to
/// within one sample, or as near as whole groups allow. Deterministic by seed. Throws UsageError
/// for fewer than two folds, or more folds than samples or groups.
std::vector<int> assign_folds(const SplitSamples& samples, int folds, std::uint64_t seed);

}  // namespace ridgeline::data
