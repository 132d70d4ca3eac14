#pragma once
// A smaller network that computes the same: without the filters whose kernels are exactly zero, as
// an L1 penalty leaves them.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ridgeline/network.hpp"

namespace ridgeline {

/// The numbers of a network by their parameters' names, statistics too, in plain layouts.
using WeightMap = std::map<std::string, std::vector<float>, std::less<>>;

/// Filters of a layer (or units) whose kernels are zero and that stay all the same.
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

/// Drops whole filters of convolutions and units of dense layers whose kernel is zero, and what
/// reads them. For every image the output is the same, to the rounding of sums (outside training).
///
/// Such a filter gives one number everywhere, activation(bias), which goes through the layers
/// behind it (batch normalisation by its running statistics, pools, dropout, activations, flatten,
/// upsampling, concat) to a convolution or dense layer, where it is added to the bias; a layer
/// without one gets one, unless there is nothing to add. It stays where that is not exact: before a
/// convolution that pads, unless the number is 0; where `add` adds it to a filter that stays;
/// before a convolution with groups, or a layer of another kind; where it is the network's output
/// or the last filter of its layer. An input of `add` that is 0 in all its channels is dropped with
/// the layers that lead to it alone. Goes on while a filter becomes zero by what was dropped before
/// it.
///
/// `weights` has every parameter of the network for that input. Throws UsageError where it has not,
/// or the network does not fit the input.
ShrunkNetwork drop_zero_filters(const Network& network, const Shape& input,
                                const WeightMap& weights);

}  // namespace ridgeline
