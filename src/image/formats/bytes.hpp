#pragma once
// Numbers out of a file in memory, for the formats that are read here. Every access is checked.

#include <cstdint>
#include <string_view>

#include "image/decoder.hpp"

namespace ridgeline::image {

class ByteReader {
 public:
  ByteReader(Bytes bytes, std::string_view format) : bytes_(bytes), format_(format) {}

  std::size_t at() const { return at_; }
  std::size_t left() const { return bytes_.size() - at_; }
  void go_to(std::size_t at) {
    if (at > bytes_.size()) cut_short();
    at_ = at;
  }
  Bytes take(std::size_t count) {
    if (count > left()) cut_short();
    at_ += count;
    return bytes_.subspan(at_ - count, count);
  }
  std::uint8_t byte() { return take(1)[0]; }
  std::uint32_t little_endian(std::size_t count) {
    const Bytes bytes = take(count);
    std::uint32_t value = 0;
    for (std::size_t i = count; i-- > 0;) value = value << 8 | bytes[i];
    return value;
  }
  [[noreturn]] void cut_short() const { cannot_decode(format_, "it is cut short"); }

 private:
  Bytes bytes_;
  std::string_view format_;
  std::size_t at_ = 0;
};

}  // namespace ridgeline::image
