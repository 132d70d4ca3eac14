#pragma once
// The penalty of an experiment as code for other libraries.

#include <string>
#include <utility>
#include <vector>

#include "experiment/experiment.hpp"

namespace ridgeline::cli {

/// Names of libraries, each with a line of Python that sets the same penalty there. Empty if the
/// experiment has no l2, l1 and decay, one of them is a schedule, or rules change them for some
/// parameters.
std::vector<std::pair<std::string, std::string>> lambda_words(
    const experiment::Experiment& experiment);

}  // namespace ridgeline::cli
