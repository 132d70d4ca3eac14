#pragma once
// Values of a JSON document. Errors name the value that is missing or has another type.

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "ridgeline/error.hpp"

namespace ridgeline::interop {

/// Whether `json` is exactly a T: no number is rounded, cut or converted.
template <typename T>
bool is_a(const nlohmann::ordered_json& json) {
  if constexpr (std::is_same_v<T, bool>) return json.is_boolean();
  if constexpr (std::is_same_v<T, double>) return json.is_number();
  if constexpr (std::is_same_v<T, std::string>) return json.is_string();
  if constexpr (std::is_same_v<T, std::int64_t>) {
    return json.is_number_integer() &&
           (!json.is_number_unsigned() ||
            json.get<std::uint64_t>() <= static_cast<std::uint64_t>(INT64_MAX));
  }
  return false;
}

template <typename T>
constexpr std::string_view type_text() {
  if constexpr (std::is_same_v<T, bool>) return "true or false";
  if constexpr (std::is_same_v<T, double>) return "a number";
  if constexpr (std::is_same_v<T, std::string>) return "a text";
  if constexpr (std::is_same_v<T, std::int64_t>) return "a whole number";
}

/// Throws DataError, which names `name`, for another type.
template <typename T>
T value_of(const nlohmann::ordered_json& json, std::string_view name) {
  if (!is_a<T>(json)) throw DataError(fmt::format("{} must be {}", name, type_text<T>()));
  return json.get<T>();
}

template <typename T>
std::vector<T> list_of(const nlohmann::ordered_json& json, std::string_view name) {
  if (!json.is_array() || !std::all_of(json.begin(), json.end(), is_a<T>)) {
    throw DataError(fmt::format("{} must be a list, each item {}", name, type_text<T>()));
  }
  return json.get<std::vector<T>>();
}

/// The member of an object. Throws DataError if the object does not have it.
inline const nlohmann::ordered_json& member(const nlohmann::ordered_json& json,
                                            std::string_view name) {
  if (!json.is_object()) throw DataError(fmt::format("a JSON object with '{}' is expected", name));
  const auto found = json.find(name);
  if (found == json.end()) throw DataError(fmt::format("'{}' is missing", name));
  return *found;
}

template <typename T>
T value_at(const nlohmann::ordered_json& json, std::string_view name) {
  return value_of<T>(member(json, name), fmt::format("'{}'", name));
}
/// `otherwise` if the object has no such member.
template <typename T>
T value_at(const nlohmann::ordered_json& json, std::string_view name, const T& otherwise) {
  return json.is_object() && !json.contains(name) ? otherwise : value_at<T>(json, name);
}

}  // namespace ridgeline::interop
