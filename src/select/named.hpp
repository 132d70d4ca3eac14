#pragma once
// Tables of things that an option names.

#include <fmt/ranges.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ridgeline/attributes.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::selection {

template <typename T, std::size_t count>
using Named = std::array<std::pair<std::string_view, T>, count>;

/// The entry with that name. Throws UsageError for an unknown name, with the nearest known one.
/// `key`: the option, for the message.
template <typename T, std::size_t count>
const T& find_named(const Named<T, count>& table, std::string_view key, std::string_view name) {
  std::vector<std::string_view> known;
  for (const auto& [known_name, entry] : table) {
    if (known_name == name) return entry;
    known.push_back(known_name);
  }
  const std::string near = nearest(name, known);
  throw UsageError(fmt::format("unknown {} '{}': {}", key, name,
                               near.empty() ? fmt::format("known are {}", fmt::join(known, ", "))
                                            : fmt::format("did you mean '{}'?", near)));
}

}  // namespace ridgeline::selection
