#pragma once
// Help texts.

#include <span>
#include <string>

#include "cli/command.hpp"

namespace ridgeline::cli {

/// What `ridgeline` alone prints.
std::string overview(std::span<const Command> commands);
std::string help(const Command& command);
/// Every key of the experiment file: its default and what it means.
std::string help_keys();

}  // namespace ridgeline::cli
