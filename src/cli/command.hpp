#pragma once
// A command of the program: a row of the table in commands.cpp, and a function.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.hpp"
#include "cli/exit_code.hpp"

namespace ridgeline::cli {

/// "--resume RUN", or a flag if `value` is empty.
struct Option {
  std::string name;     ///< "--resume"
  std::string value;    ///< "RUN": the name of its value in the help
  std::string meaning;  ///< a line for people
};

/// An argument without a name, identified by its place. The last one may take all that follow.
struct Positional {
  std::string name;  ///< "MODEL"
  std::string meaning;
  bool required = true;
  bool several = false;
};

/// What the user wrote after the command.
class Arguments {
 public:
  bool flag(std::string_view option) const { return options_.contains(option); }
  std::optional<std::string> option(std::string_view name) const {
    const auto found = options_.find(name);
    return found == options_.end() ? std::nullopt : std::optional(found->second);
  }
  const std::vector<std::string>& positionals() const { return positionals_; }

  void set(const std::string& option, std::string value = {}) { options_[option] = value; }
  void add(std::string positional) { positionals_.push_back(std::move(positional)); }

 private:
  std::map<std::string, std::string, std::less<>> options_;
  std::vector<std::string> positionals_;
};

struct Command {
  std::string name;     ///< "train", or "data get"
  std::string summary;  ///< a line, without a full stop
  std::vector<Positional> positionals;
  std::vector<Option> options;             ///< in addition to --json and --help
  std::string details;                     ///< paragraphs below the options: what it does, examples
  bool lists_keys = false;                 ///< the help ends with the keys of the experiment
  int (*run)(const Arguments&, Console&);  ///< returns the exit code; throws Error
};

}  // namespace ridgeline::cli
