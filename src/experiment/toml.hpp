#pragma once
// Turns TOML text into values. Only toml.cpp uses the TOML library.

#include <string_view>

#include "experiment/value.hpp"

namespace ridgeline::experiment {

/// The table of a whole file, whose name is for errors. Throws UsageError for what is not TOML.
Table parse_toml(std::string_view text, std::string_view file);

/// The table of `key=value`: "train.epochs=5" is {train = {epochs = 5}}. The value is
/// TOML, or a bare word or path that counts as a string. Throws UsageError.
Table parse_override(std::string_view text);

}  // namespace ridgeline::experiment
