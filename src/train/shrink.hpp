#pragma once
// A model without the filters that are zero.

#include "ridgeline/shrink.hpp"
#include "train/core.hpp"

namespace ridgeline::train {

/// Applies drop_zero_filters to the model. Rules and frozen patterns that match nothing afterwards
/// are removed; other penalties are kept. If the network changes, so does the choice of kernels,
/// which is the default one again. `staying` becomes the zero filters that are kept.
ModelCore shrink(const ModelCore& core, std::vector<StayingFilters>& staying);

}  // namespace ridgeline::train
