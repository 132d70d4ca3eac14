#pragma once
// The fields of each kind of schedule. Readers refuse all others.

#include <string_view>
#include <vector>

namespace ridgeline::optimize {

/// Those of "to", "factor", "every" and "warmup" that a kind has; none for an unknown kind.
const std::vector<std::string_view>& schedule_fields(std::string_view kind);
/// The kinds that have such a field.
std::vector<std::string_view> kinds_with(std::string_view field);

}  // namespace ridgeline::optimize
