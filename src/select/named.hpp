#pragma once
// Tables of things that an option names.

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "ridgeline/attributes.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::selection {

template <typename T, std::size_t count>
using Named = std::array<std::pair<std::string_view, T>, count>;

/// Throws UsageError for a name that is not among the known ones, with the nearest of them. `key`:
/// the option, for the message.
inline void check_name(std::span<const std::string_view> known, std::string_view key,
                       std::string_view name) {
  if (std::ranges::find(known, name) != known.end()) return;
  const std::string near = nearest(name, known);
  throw UsageError(fmt::format("unknown {} '{}': {}", key, name,
                               near.empty() ? fmt::format("known are {}", fmt::join(known, ", "))
                                            : fmt::format("did you mean '{}'?", near)));
}

/// The entry with that name. Throws as check_name().
template <typename T, std::size_t count>
const T& find_named(const Named<T, count>& table, std::string_view key, std::string_view name) {
  std::array<std::string_view, count> known;
  std::ranges::transform(table, known.begin(), [](const auto& entry) { return entry.first; });
  check_name(known, key, name);
  return table[static_cast<std::size_t>(std::ranges::find(known, name) - known.begin())].second;
}

}  // namespace ridgeline::selection
