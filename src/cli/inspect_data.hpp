#pragma once
// `ridgeline inspect DATA`.

#include "cli/command.hpp"
#include "cli/console.hpp"

namespace ridgeline::cli {

/// Prints what is in the data and what is wrong with it. Returns ExitCode::data if it cannot be
/// used for training.
ExitCode inspect_data(const Arguments& arguments, Console& console);

}  // namespace ridgeline::cli
