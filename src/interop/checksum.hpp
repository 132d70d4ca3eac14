#pragma once
// The checksum of a file's bytes, which notices damage and nothing else: CRC-32 (RFC 1952) as zlib
// computes it, and "crc32:" and eight hexadecimal digits as text.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace ridgeline::interop {

class Checksum {
 public:
  static constexpr std::string_view prefix = "crc32:";
  static constexpr std::size_t digits = 8;

  /// Adds the next bytes.
  void add(std::span<const std::byte> bytes);
  void add(std::string_view text) { add(std::as_bytes(std::span(text))); }
  std::string text() const;

 private:
  std::uint32_t sum_ = 0;
};

}  // namespace ridgeline::interop
