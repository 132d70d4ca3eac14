#pragma once
// Removes the filters whose kernels are exactly zero, for example because of an L1 penalty. The
// smaller network computes the same.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ridgeline/network.hpp"

namespace ridgeline {

/// The values of all parameters and statistics of a network, by name, in plain layouts.
using WeightMap = std::map<std::string, std::vector<float>, std::less<>>;

/// Filters (or units) of a layer that cannot be removed although their kernels are zero.
struct StayingFilters {
  std::string layer;
  std::int64_t count = 0;
  std::string why;  ///< "conv2d_2 pads what it reads, and the constant is not 0"
  friend bool operator==(const StayingFilters&, const StayingFilters&) = default;
};

struct ShrunkNetwork {
  Network network;  ///< layers keep their names
  WeightMap weights;
  std::vector<StayingFilters> staying;
};

/// Removes whole filters of convolutions and units of dense layers whose kernel is zero, and the
/// weights that read them. For every image the output is the same outside training, to the rounding
/// of sums.
///
/// Such a filter gives the same number everywhere, activation(bias). The following layers (batch
/// normalisation with running statistics, pools, dropout, activations, flatten, upsampling, concat)
/// change this number but keep it constant. The next convolution or dense layer adds it to its
/// bias; a layer without bias gets one if there is something to add.
///
/// A filter is kept if this is not exact: before a convolution that pads, unless the number is 0;
/// if `add` adds it to a filter that is kept; before a convolution with groups or a layer of
/// another kind; if it is an output of the network or the last filter of its layer. An input of
/// `add` that is 0 in all channels is removed with the layers that only lead to it. This repeats
/// while removals make further filters zero.
///
/// `weights` must have every parameter of the network for that input. Throws UsageError if one is
/// missing, or if the network does not fit the input.
ShrunkNetwork drop_zero_filters(const Network& network, const Shape& input,
                                const WeightMap& weights);

}  // namespace ridgeline
