#pragma once
// A penalty's strength as tables show it.

#include <string>
#include <string_view>

#include "ridgeline/schedule.hpp"

namespace ridgeline::network {

/// "l2 0.01", or with its schedule: "l2 0.01 → 0 cosine".
std::string strength_text(std::string_view name, const Schedule& strength);

}  // namespace ridgeline::network
