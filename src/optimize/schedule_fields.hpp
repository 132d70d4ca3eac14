#pragma once
// Which fields each kind of schedule has: what reads one refuses the others.

#include <string_view>
#include <vector>

namespace ridgeline::optimize {

/// Of "to", "factor", "every" and "warmup" those that a kind has; none for an unknown kind.
const std::vector<std::string_view>& schedule_fields(std::string_view kind);
/// The kinds that have such a field.
std::vector<std::string_view> kinds_with(std::string_view field);

}  // namespace ridgeline::optimize
