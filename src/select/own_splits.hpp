#pragma once
// Splits that an application or a file makes.

#include <functional>
#include <vector>

#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

/// SelectOptions::splits of these images. Throws UsageError unless there is a split, and each has
/// training and validation images, all of them from `images`, none on both sides, and no group on
/// both sides.
std::vector<Split> own_splits(const Dataset& images, const SelectOptions& options);

/// SelectOptions::splits for `cached`, which has the same images as `images` in the same order. The
/// function of the application sees its own data set, and its splits become subsets of the cache.
std::function<std::vector<Split>(const Dataset&)> on_cache(
    std::function<std::vector<Split>(const Dataset&)> splits, const Dataset& images,
    const Dataset& cached);

}  // namespace ridgeline::selection
