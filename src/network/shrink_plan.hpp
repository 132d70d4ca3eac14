#pragma once
// Which filters can be dropped.

#include "network/constants.hpp"

namespace ridgeline::network {

struct ShrinkPlan {
  Constants constants;
  std::vector<std::vector<bool>> gone;  ///< by node and output channel
  std::vector<StayingFilters> staying;
  bool empty = true;  ///< whether nothing is gone
};

/// One round: by the kernels that are zero as they are.
ShrinkPlan plan_shrink(const Network& network, const Layout& layout, const WeightMap& weights);

}  // namespace ridgeline::network
