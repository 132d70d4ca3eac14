#pragma once
// The kinds of metrics that are known.

#include <string>
#include <vector>

namespace ridgeline::metrics {

/// The names of all kinds' metrics with their default options: "accuracy", "f1_macro", ...
std::vector<std::string> known_names();

}  // namespace ridgeline::metrics
