#pragma once
// The parts of a data set that is inspected.

#include <cstdint>
#include <string>
#include <vector>

#include "data/inspection/scan.hpp"
#include "ridgeline/dataset.hpp"

namespace ridgeline::data {

/// What a part is for. If two parts have copies of an image, the one with the later role is kept.
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

/// The target of an image as text: "cat", "cat, indoors", "3.5, -1"; empty without a target.
std::string target_text(const Target& target, const TargetSchema& schema);

}  // namespace ridgeline::data
