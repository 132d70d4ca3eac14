#pragma once
// What must hold for any bytes that the reader of safetensors files gets.

#include <cstring>
#include <vector>

#include "fuzz/input.hpp"
#include "interop/safetensors.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::test {

/// A file is refused, or each tensor is inside it, has the size of its shape, and gives its numbers
/// or a DataError.
inline void check_safetensors(Input input) {
  Buffer<std::byte> bytes(input.size());
  if (!input.empty()) std::memcpy(bytes.data(), input.data(), input.size());
  try {
    const interop::Safetensors file(std::move(bytes), "t");
    for (const auto& [name, tensor] : file.tensors()) {
      must(tensor.bytes.size() <= input.size());
      std::vector<float> numbers(static_cast<std::size_t>(tensor.shape.elements()));
      try {
        file.copy(name, numbers);
        file.require_finite(name);
      } catch (const DataError&) {
        continue;
      }
    }
  } catch (const DataError&) {
    return;
  }
}

}  // namespace ridgeline::test
