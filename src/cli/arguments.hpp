#pragma once
// Parses the command line into a command and its arguments. Only arguments.cpp uses CLI11.

#include <functional>
#include <span>
#include <string>

#include "cli/command.hpp"

namespace ridgeline::cli {

struct Invocation {
  const Command* command = nullptr;  ///< null: help or the version was asked for
  Arguments arguments;
  std::function<std::string(const Page&)> text;  ///< the text to print in that case
};

/// "-o" for --output; empty for all others.
std::string short_name(const Option& option);

/// Throws UsageError for an unknown command or option, naming the nearest one, or an argument
/// that is missing.
Invocation parse_arguments(std::span<const std::string> arguments,
                           std::span<const Command> commands);

}  // namespace ridgeline::cli
