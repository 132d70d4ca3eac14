#include "select/part.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "objective/match.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::selection {

void check_parts(const SearchSpace& over, const std::vector<Parameter>& parameters,
                 const std::vector<std::string>& frozen) {
  const auto is_trained = [&](const Parameter& parameter) {
    return parameter.spec.role != Role::statistic &&
           std::ranges::none_of(frozen, [&](const std::string& glob) {
             return objective::matches(glob, parameter);
           });
  };
  std::vector<std::string> names;
  for (const Parameter& parameter : parameters) {
    if (is_trained(parameter)) names.push_back(parameter.name);
  }
  for (const auto& [key, range] : over) {
    const std::string_view match = match_of(key);
    if (match.empty()) continue;
    const bool used = std::ranges::any_of(parameters, [&](const Parameter& parameter) {
      return is_trained(parameter) && objective::matches(match, parameter);
    });
    if (used) continue;
    throw UsageError(
        fmt::format("select.over names {}, which matches none of the trained parameters: these are "
                    "{}",
                    key, fmt::join(names, ", ")));
  }
}

}  // namespace ridgeline::selection
