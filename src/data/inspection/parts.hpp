#pragma once
// The parts of a data set that is looked at.

#include <cstdint>
#include <string>
#include <vector>

#include "data/inspection/scan.hpp"
#include "ridgeline/dataset.hpp"

namespace ridgeline::data {

/// What a part is for. Of copies in two parts, the one in the later of these roles stays.
enum class Role : std::uint8_t { train, validation, test };

struct Part {
  std::string name;  ///< "train"
  Role role = Role::train;
  Dataset images;
  Scan scan = {};
};

/// One image of a part.
struct Place {
  std::uint32_t part = 0, image = 0;
  friend auto operator<=>(const Place&, const Place&) = default;
};

/// What people call the target of an image: "cat", "cat, indoors", "3.5, -1"; empty without one.
std::string target_text(const Target& target, const TargetSchema& schema);

}  // namespace ridgeline::data
