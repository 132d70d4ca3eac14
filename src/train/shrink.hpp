#pragma once
// A model without the filters that are zero.

#include "ridgeline/shrink.hpp"
#include "train/core.hpp"

namespace ridgeline::train {

/// The model with drop_zero_filters applied to it. Penalties stay as they are, without the rules
/// and frozen patterns that then match nothing; the choice of kernels is left to the table where
/// the network has changed. `staying` becomes what stays though it is zero.
ModelCore shrink(const ModelCore& core, std::vector<StayingFilters>& staying);

}  // namespace ridgeline::train
