#pragma once
// The kinds of metrics that are known.

#include <string>
#include <string_view>
#include <vector>

namespace ridgeline::metrics {

/// The names of all kinds' metrics with their default options: "accuracy", "f1_macro", ...
std::vector<std::string> known_names();
/// That of a kind's metric with default options: "f1_macro" for "f1". Empty for an unknown kind.
std::string usual_name(std::string_view kind);
/// Whether some options of some kind may give this name: "top3", "f1_micro".
bool could_be_named(std::string_view name);
/// Of the metric of this name with default options; true where no kind has it.
bool higher_is_better(std::string_view name);

}  // namespace ridgeline::metrics
