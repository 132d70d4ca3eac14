#include "select/methods/method.hpp"

#include <fmt/ranges.h>

#include <array>
#include <string>

#include "ridgeline/attributes.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::selection {
namespace {

using Make = std::unique_ptr<Method> (*)(const SelectOptions&, const SelectionTask&);

constexpr std::array<std::pair<std::string_view, Make>, 6> methods{{
    {"grid", [](const auto& o, const auto& task) { return exhaustive(o, task, sample_grid); }},
    {"random", [](const auto& o, const auto& task) { return exhaustive(o, task, sample_random); }},
    {"race", race},
    {"hypergradient", hypergradient},
    {"path", path},
    {"evidence", evidence},
}};

}  // namespace

std::unique_ptr<Method> make_method(const SelectOptions& options, const SelectionTask& task) {
  std::vector<std::string_view> known;
  for (const auto& [name, make] : methods) {
    if (name == options.method) return make(options, task);
    known.push_back(name);
  }
  const std::string near = nearest(options.method, known);
  throw UsageError(fmt::format("unknown select.method '{}': {}", options.method,
                               near.empty() ? fmt::format("known are {}", fmt::join(known, ", "))
                                            : fmt::format("did you mean '{}'?", near)));
}

}  // namespace ridgeline::selection
