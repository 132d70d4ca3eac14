#include "cli/arguments.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <list>

#include "cli/help.hpp"
#include "data/places.hpp"
#include "ridgeline/attributes.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/version.hpp"

namespace ridgeline::cli {
namespace {

const Option json_option{"--json", "", ""};

bool is_help(std::string_view word) {
  return word == "--help" || word == "-h" || word == "help";
}

/// Finds the command at the beginning of `arguments`, and the number of its words.
std::pair<const Command*, std::size_t> find_command(std::span<const std::string> arguments,
                                                    std::span<const Command> commands) {
  if (arguments[0].starts_with('-')) {
    throw UsageError(
        fmt::format("'{0}' is not a command: options come after the command, as in 'ridgeline "
                    "train --json'",
                    arguments[0]));
  }
  const auto words = [&](std::size_t count) {
    return fmt::format("{}", fmt::join(arguments.subspan(0, count), " "));
  };
  for (const Command& command : commands) {
    const auto count = 1 + static_cast<std::size_t>(std::ranges::count(command.name, ' '));
    if (arguments.size() >= count && words(count) == command.name) return {&command, count};
  }
  std::vector<std::string_view> names{"help"};
  for (const Command& command : commands) names.push_back(command.name);
  // For "data" alone, suggest "data get".
  for (const std::string_view name : names) {
    if (name.starts_with(arguments[0] + " ")) {
      throw UsageError(fmt::format("unknown command '{}': did you mean '{}'?",
                                   words(std::min<std::size_t>(2, arguments.size())), name));
    }
  }
  const std::string guess = nearest(arguments[0], names);
  throw UsageError(fmt::format("unknown command '{}': {}", arguments[0],
                               guess.empty() ? fmt::format("there are {}", fmt::join(names, ", "))
                                             : fmt::format("did you mean '{}'?", guess)));
}

UsageError unknown_argument(const std::string& word, const Command& command) {
  if (!word.starts_with('-')) {
    return UsageError(
        fmt::format("'{}' is one argument too many for 'ridgeline {}'", word, command.name));
  }
  std::vector<std::string_view> names{json_option.name, "--help"};
  for (const Option& option : command.options) names.push_back(option.name);
  const std::string guess = nearest(word, names);
  return UsageError(fmt::format("'ridgeline {}' has no option '{}': {}", command.name, word,
                                guess.empty() ? fmt::format("it has {}", fmt::join(names, ", "))
                                              : fmt::format("did you mean '{}'?", guess)));
}

/// Throws UsageError for an option without its value: at the end, or before another option.
void require_values(std::span<const std::string> words, const Command& command) {
  for (const Option& option : command.options) {
    const std::string letter = short_name(option);
    const auto at = std::ranges::find_if(words, [&](const std::string& word) {
      return word == option.name || (word == letter && !word.empty());
    });
    if (option.value.empty() || at == words.end()) continue;
    if (at + 1 == words.end() || (at + 1)->starts_with("--")) {
      throw UsageError(fmt::format("{0} needs a value: {0} {1}", option.name, option.value));
    }
  }
}

/// The error for an option that is given twice.
UsageError wrong_count(std::span<const std::string> words, const Command& command) {
  for (const Option& option : command.options) {
    const auto named = std::ranges::count_if(words, [&](const std::string& word) {
      return word == option.name || word.starts_with(option.name + "=");
    });
    if (named > 1) {
      return UsageError(fmt::format("'ridgeline {}' takes {} once, not {} times", command.name,
                                    option.name, named));
    }
  }
  return UsageError(
      fmt::format("'ridgeline {0}' has an option with too few or too many values: see "
                  "ridgeline {0} --help",
                  command.name));
}

bool names_path(const Option& option) {
  constexpr std::array<std::string_view, 4> paths{"FILE", "FOLDER", "RUN", "STUDY"};
  return std::ranges::find(paths, option.value) != paths.end();
}

Arguments parse_command(const Command& command, std::span<const std::string> words) {
  require_values(words, command);
  CLI::App app;
  app.set_help_flag();
  std::list<std::pair<Option, std::string>> options;  // a list, since CLI11 keeps the addresses
  std::list<bool> flags;
  const auto add = [&](const Option& option) {
    auto& [kept, value] = options.emplace_back(option, std::string());
    const std::string letter = short_name(option);
    const std::string names =
        letter.empty() ? option.name : fmt::format("{},{}", letter, option.name);
    if (option.value.empty()) {
      app.add_flag(option.name, flags.emplace_back(false));
    } else {
      app.add_option(names, value)->type_name(option.value);
    }
  };
  for (const Option& option : command.options) add(option);
  add(json_option);
  std::vector<std::string> positionals;
  if (!command.positionals.empty()) app.add_option("words", positionals);

  // CLI11 expects the last word first.
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  try {
    app.parse(reversed);
  } catch (const CLI::ExtrasError&) {
    throw unknown_argument(app.remaining().front(), command);
  } catch (const CLI::ArgumentMismatch&) {
    throw wrong_count(words, command);
  } catch (const CLI::ParseError&) {
    throw UsageError(
        fmt::format("'ridgeline {0}' does not understand its arguments: see ridgeline {0} --help",
                    command.name));
  }

  Arguments arguments;
  for (const auto& [option, value] : options) {
    if (app.count(option.name) == 0) continue;
    // In "--output=~/model" the shell does not expand ~.
    arguments.set(option.name, names_path(option) ? data::expand_home(value) : value);
  }
  for (const std::string& word : positionals) arguments.add(word);
  return arguments;
}

void check_positionals(const Command& command, const std::vector<std::string>& words) {
  for (std::size_t i = words.size(); i < command.positionals.size(); ++i) {
    const Positional& missing = command.positionals[i];
    if (!missing.required) break;
    throw UsageError(
        fmt::format("'ridgeline {}' needs {}: {}", command.name, missing.name, missing.meaning));
  }
  const bool open = !command.positionals.empty() && command.positionals.back().several;
  if (!open && words.size() > command.positionals.size()) {
    throw unknown_argument(words[command.positionals.size()], command);
  }
}

std::function<std::string(const Page&)> help_about(std::span<const std::string> topic,
                                                   std::span<const Command> commands) {
  if (std::ranges::count(topic, json_option.name) > 0) {
    throw UsageError("help is for people and has no --json");
  }
  if (topic.empty()) return [=](const Page& page) { return overview(commands, page); };
  if (topic[0] == "keys") return [](const Page&) { return help_keys(); };
  const Command* command = find_command(topic, commands).first;
  return [=](const Page& page) { return help(*command, page); };
}

}  // namespace

std::string short_name(const Option& option) {
  return option.name == "--output" ? "-o" : "";
}

Invocation parse_arguments(std::span<const std::string> arguments,
                           std::span<const Command> commands) {
  const auto wants_help = [](const std::string& word) { return word == "--help" || word == "-h"; };
  if (arguments[0] == "--version") {
    return {.text = [](const Page&) {
      return fmt::format("ridgeline {} ({})\n", version(), commit());
    }};
  }
  if (is_help(arguments[0])) return {.text = help_about(arguments.subspan(1), commands)};
  const auto [command, count] = find_command(arguments, commands);
  const auto words = arguments.subspan(count);
  if (std::ranges::any_of(words, wants_help)) {
    return {.text = [command = command](const Page& page) { return help(*command, page); }};
  }
  Invocation invocation{.command = command, .arguments = parse_command(*command, words)};
  check_positionals(*command, invocation.arguments.positionals());
  return invocation;
}

}  // namespace ridgeline::cli
