#pragma once
// How deep a TOML text nests its values, found without recursion.

#include <string_view>

namespace ridgeline::experiment {

/// Throws UsageError where arrays and tables are nested deeper, or a key has more parts,
/// than those of any experiment. Whatever reads a nested value calls itself for what is inside:
/// without a limit the stack would end before the text does. `file` names the text in the error.
void check_nesting(std::string_view text, std::string_view file);

}  // namespace ridgeline::experiment
