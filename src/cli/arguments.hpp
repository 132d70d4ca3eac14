#pragma once
// The command line into a command and its arguments. The one file behind this header knows CLI11.

#include <functional>
#include <span>
#include <string>

#include "cli/command.hpp"

namespace ridgeline::cli {

struct Invocation {
  const Command* command = nullptr;  ///< null: help or the version was asked for
  Arguments arguments;
  std::function<std::string(const Page&)> text;  ///< what to print then
};

/// Throws UsageError for an unknown command or option, naming the nearest one, or an argument
/// that is missing.
Invocation parse_arguments(std::span<const std::string> arguments,
                           std::span<const Command> commands);

}  // namespace ridgeline::cli
