#pragma once
// Images that are in a data set more than once.

#include <span>
#include <vector>

#include "data/inspection/parts.hpp"

namespace ridgeline::data {

/// Two or more images, in the order of their places.
using Group = std::vector<Place>;

struct Duplicates {
  std::vector<Group> exact;  ///< of the same size and pixels, whatever their files' bytes
  std::vector<Group> near;   ///< look alike; of exact copies only the first is in such a group
};

/// Among all images that were read, of all parts together.
Duplicates find_duplicates(std::span<const Part> parts);

/// Whether images of the group are in parts of different roles.
bool crosses(const Group& group, std::span<const Part> parts);
/// Whether two images of the group have different targets, of those that have one.
bool contradicts(const Group& group, std::span<const Part> parts);

}  // namespace ridgeline::data
