#pragma once
// Checks of what the user gives, and suggestions for unknown names.

#include <fmt/format.h>

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "ridgeline/error.hpp"

namespace ridgeline {

/// Throws UsageError with the formatted sentence unless `met`.
template <typename... Arguments>
void require(bool met, fmt::format_string<Arguments...> sentence, Arguments&&... arguments) {
  if (!met) throw UsageError(fmt::format(sentence, std::forward<Arguments>(arguments)...));
}

/// "did you mean 'filters'?" if a known word is similar, else a list of the known words.
std::string suggestion(std::string_view word, std::span<const std::string_view> known);

}  // namespace ridgeline
