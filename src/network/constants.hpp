#pragma once
// Finds the channels that are the same number for every image.

#include <optional>
#include <vector>

#include "ridgeline/shrink.hpp"

namespace ridgeline::network {

ChannelFlow flow_of(const Node& node);

/// An output channel of a node, or of the image (Node::image).
struct Channel {
  int node;
  std::int64_t index;
};
/// The sources of channel `index`, for a node that passes channels on.
std::vector<Channel> sources(const Network& network, const Layout& layout, Channel channel);

/// Whether the numbers that lead to output `index` of a convolution or dense layer are all 0.
bool zero_filter(const Node& node, std::int64_t index, const Shape& output,
                 const WeightMap& weights);

/// For each node and channel: the number that it is for every image and pixel, outside training, if
/// zero filters make it constant.
using Constants = std::vector<std::vector<std::optional<double>>>;
Constants constants(const Network& network, const Layout& layout, const WeightMap& weights);

}  // namespace ridgeline::network
