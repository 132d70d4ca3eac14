#pragma once
// Help texts.

#include <span>
#include <string>

#include "cli/command.hpp"
#include "cli/printable.hpp"

namespace ridgeline::cli {

/// What `ridgeline` prints without arguments.
std::string overview(std::span<const Command> commands, const Page& page);
std::string help(const Command& command, const Page& page);
/// Every key of the experiment file: its default and what it means.
std::string help_keys();

}  // namespace ridgeline::cli
