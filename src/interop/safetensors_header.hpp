#pragma once
// The header of a safetensors file as JSON.

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "ridgeline/error.hpp"

namespace ridgeline::interop {

inline constexpr std::size_t prefix = 8;  ///< bytes of the header's length, before it

/// Throws DataError, which begins with the file's name.
template <typename... Arguments>
[[noreturn]] void refuse(const std::string& file, fmt::format_string<Arguments...> sentence,
                         Arguments&&... arguments) {
  throw DataError(
      fmt::format("{}: {}", file, fmt::format(sentence, std::forward<Arguments>(arguments)...)));
}

/// Throws DataError for a header that is not a JSON object, or has a key twice.
nlohmann::json parse_header(std::string_view text, const std::string& file);

}  // namespace ridgeline::interop
