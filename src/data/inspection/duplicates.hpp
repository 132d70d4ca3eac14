#pragma once
// Images that are in a data set more than once.

#include <span>
#include <vector>

#include "data/inspection/parts.hpp"

namespace ridgeline::data {

/// Two or more images, in the order of their places.
using Group = std::vector<Place>;

struct Duplicates {
  std::vector<Group> exact;  ///< same size and pixels; their files may differ
  std::vector<Group> near;   ///< images that look alike; exact copies are in it once
};

/// Among all images that were read, of all parts together.
Duplicates find_duplicates(std::span<const Part> parts);

/// Whether images of the group are in parts of different roles.
bool crosses(const Group& group, std::span<const Part> parts);
/// Whether the images of the group that have a target have different ones.
bool contradicts(const Group& group, std::span<const Part> parts);

}  // namespace ridgeline::data
