#pragma once
// The number types of safetensors files.

#include <cstdint>
#include <string>
#include <string_view>

#include "interop/checksum.hpp"

namespace ridgeline::interop {

/// The metadata entry of a file's checksum, as it is in the header. It is the checksum
/// of all bytes of the file, with zeros in the place of its own digits.
inline std::string checksum_entry(std::string_view checksum) {
  return std::string("\"checksum\":\"").append(checksum).append("\"");
}
inline constexpr std::string_view checksum_key = "checksum";

/// Bytes of one number of the type, or 0 for a type that the format does not know.
constexpr std::size_t dtype_width(std::string_view dtype) {
  constexpr struct {
    std::string_view dtype;
    std::size_t width;
  } widths[] = {{"F32", 4}, {"F64", 8}, {"F16", 2},  {"BF16", 2},    {"I64", 8},
                {"I32", 4}, {"I16", 2}, {"I8", 1},   {"U64", 8},     {"U32", 4},
                {"U16", 2}, {"U8", 1},  {"BOOL", 1}, {"F8_E4M3", 1}, {"F8_E5M2", 1}};
  for (const auto& [name, width] : widths) {
    if (name == dtype) return width;
  }
  return 0;
}

/// Whether numbers of the type can be copied as single-precision ones.
constexpr bool becomes_float(std::string_view dtype) {
  return dtype == "F32" || dtype == "F16" || dtype == "BF16";
}

template <typename T>
inline constexpr std::string_view dtype_of = "";
template <>
inline constexpr std::string_view dtype_of<float> = "F32";
template <>
inline constexpr std::string_view dtype_of<double> = "F64";
template <>
inline constexpr std::string_view dtype_of<std::int64_t> = "I64";
template <>
inline constexpr std::string_view dtype_of<std::uint8_t> = "U8";

}  // namespace ridgeline::interop
