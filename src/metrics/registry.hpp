#pragma once
// The kinds of metrics that are known.

#include <string>
#include <string_view>
#include <vector>

namespace ridgeline::metrics {

/// The names of all metrics with default options: "accuracy", "f1_macro", ...
std::vector<std::string> known_names();
/// That of a kind's metric with default options: "f1_macro" for "f1". Empty for an unknown kind.
std::string usual_name(std::string_view kind);
/// Whether some options of some kind may give this name: "top3", "f1_micro".
bool could_be_named(std::string_view name);
/// Whether higher values are better for the metric with this name; true for unknown names.
bool higher_is_better(std::string_view name);

}  // namespace ridgeline::metrics
