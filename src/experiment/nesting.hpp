#pragma once
// Checks without recursion how deep a TOML text nests its values.

#include <string_view>

namespace ridgeline::experiment {

/// Throws UsageError if arrays and tables are nested deeper, or a key has more parts, than in any
/// experiment. Reading nested values is recursive, and without a limit the stack would overflow.
/// `file` is the name of the text in the error.
void check_nesting(std::string_view text, std::string_view file);

}  // namespace ridgeline::experiment
