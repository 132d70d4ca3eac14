#pragma once
// The options of an augmentation in one line.

#include <string_view>

#include "ridgeline/option.hpp"

namespace ridgeline::data {

/// What comes after the name in "streaks", "streaks:3" (the first option) and
/// "streaks:count=3,width=2". An option whose default is a text takes the word as it is. Throws
/// UsageError for a word that is none of these.
Attributes augmentation_options(const Kind& kind, std::string_view text);

}  // namespace ridgeline::data
