#pragma once
// Decides which filters can be removed.

#include "network/constants.hpp"

namespace ridgeline::network {

struct ShrinkPlan {
  Constants constants;
  std::vector<std::vector<bool>> gone;  ///< by node and output channel
  std::vector<StayingFilters> staying;
  bool empty = true;  ///< whether nothing is removed
};

/// One round, for the kernels that are zero now.
ShrinkPlan plan_shrink(const Network& network, const Layout& layout, const WeightMap& weights);

}  // namespace ridgeline::network
