#pragma once
// Hashes of numbers.

#include <cstdint>

namespace ridgeline::train {

/// FNV-1a over words.
class Hash {
 public:
  void add(std::uint64_t word) { value_ = (value_ ^ word) * 0x100000001b3; }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace ridgeline::train
