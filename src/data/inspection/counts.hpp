#pragma once
// How many images a part has of each class, label, size and number of channels.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "data/inspection/parts.hpp"

namespace ridgeline::data {

/// What the targets of a part are.
struct TargetCounts {
  /// Images of each class, or with each label; empty for other tasks.
  std::vector<std::size_t> images;
  std::size_t without = 0;  ///< images without any label (multi-label)
  /// The range of each value of a regression.
  struct Range {
    double least = 0, mean = 0, most = 0;
  };
  std::vector<Range> values;
};
TargetCounts count_targets(const Dataset& data);

/// How uneven classes are.
struct Imbalance {
  std::size_t largest = 0, smallest = 0;  ///< classes with the most and the fewest images
  double ratio = 1;                       ///< infinite if a class has no images
};
/// Empty for fewer than two classes, and for a set without images.
std::optional<Imbalance> imbalance(const std::vector<std::size_t>& images);

/// Sizes and channels of the images that were read.
struct SizeCounts {
  using Size = std::pair<std::int32_t, std::int32_t>;  ///< height and width
  Size least, middle, most;                            ///< by area; middle: the median
  std::size_t distinct = 0;
  std::map<int, std::size_t> channels;  ///< images by their number of channels
};
/// Nothing if no image was read.
std::optional<SizeCounts> count_sizes(const Scan& scan);

/// Groups that have images in parts of different roles.
struct SplitGroup {
  std::int64_t group = 0;
  std::vector<Place> first;  ///< the group's first image in each of these parts
};
std::vector<SplitGroup> split_groups(const std::vector<Part>& parts);

}  // namespace ridgeline::data
