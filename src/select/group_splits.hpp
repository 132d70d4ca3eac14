#pragma once
// Folds that leave out whole groups of images.

#include <vector>

#include "ridgeline/dataset.hpp"

namespace ridgeline::selection {

inline constexpr int most_group_folds = 1000;

/// A fold for each choice of `leave` groups, whose images are for validation: leave-one-group-out
/// for 1. Groups are in the order of their first images. An image without a group is a group of its
/// own. Throws UsageError for images without groups, fewer than `leave` + 1 groups, and more than
/// most_group_folds folds.
std::vector<Split> leave_groups_out(const Dataset& images, int leave);

}  // namespace ridgeline::selection
