#include "interop/checksum.hpp"

#include <fmt/format.h>
#include <zlib.h>

namespace ridgeline::interop {

void Checksum::add(std::span<const std::byte> bytes) {
  if (bytes.empty()) return;  // zlib takes a null pointer as the beginning of a new sum
  sum_ = static_cast<std::uint32_t>(
      crc32_z(sum_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

std::string Checksum::text() const {
  return fmt::format("{}{:08x}", prefix, sum_);
}

}  // namespace ridgeline::interop
