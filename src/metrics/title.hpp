#pragma once
// Names of metrics in narrow columns.

#include <string>
#include <string_view>

namespace ridgeline::metrics {

/// The name in at most three letters: those that one word begins with, or the first of each word.
/// "accuracy" is "acc", "average_precision" is "ap".
std::string short_title(std::string_view name);

}  // namespace ridgeline::metrics
