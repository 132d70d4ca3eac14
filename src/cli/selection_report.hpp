#pragma once
// The end of a selection: its choice, for people and as JSON.

#include <nlohmann/json_fwd.hpp>

#include "cli/console.hpp"
#include "experiment/experiment.hpp"
#include "ridgeline/selection.hpp"

namespace ridgeline::cli {

/// What `select --json` gives.
nlohmann::ordered_json to_json(const experiment::Experiment& experiment,
                               const Selection& selection);

/// The curve, the choice with its interval, the refit, the cost, and λ in the words of other
/// libraries. `classes`: of the images.
void print_end(Console& console, const experiment::Experiment& experiment,
               const Selection& selection, std::size_t classes);

}  // namespace ridgeline::cli
