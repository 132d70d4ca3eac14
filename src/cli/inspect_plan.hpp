#pragma once
// `ridgeline inspect --plan`: the engine's steps for a network, and how fast they are.

#include <string>

#include "cli/command.hpp"
#include "cli/console.hpp"

namespace ridgeline::cli {

/// The plan of a preset, or of the model in a file or run.
void inspect_plan(const std::string& what, const Arguments& arguments, Console& console);

}  // namespace ridgeline::cli
