#pragma once
// CRC-32 (RFC 1952) of bytes, as zip archives and the files of the user's cache have it.

#include <zlib.h>

#include <cstdint>
#include <span>
#include <string_view>

namespace ridgeline::data {

inline std::uint32_t crc32_of(std::span<const std::uint8_t> bytes) {
  return static_cast<std::uint32_t>(crc32_z(0, bytes.data(), bytes.size()));
}
inline std::uint32_t crc32_of(std::string_view bytes) {
  return crc32_of({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

}  // namespace ridgeline::data
