// The numbers of a file's tensors.

#include <algorithm>
#include <cmath>
#include <cstring>

#include "interop/half.hpp"
#include "interop/safetensors.hpp"
#include "interop/safetensors_header.hpp"
#include "interop/safetensors_types.hpp"

namespace ridgeline::interop {
namespace {

// The bytes of a tensor are not aligned.
template <typename T>
std::vector<T> copied(std::span<const std::byte> bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

template <typename Widen>
void widen_all(std::span<const std::byte> bytes, std::span<float> to, Widen widen) {
  for (std::size_t i = 0; i < to.size(); ++i) {
    std::uint16_t bits = 0;
    std::memcpy(&bits, bytes.data() + i * sizeof(bits), sizeof(bits));
    to[i] = widen(bits);
  }
}

// Reads as many numbers as `to` has, of a type for which becomes_float() is true.
void to_floats(std::string_view dtype, std::span<const std::byte> bytes, std::span<float> to) {
  if (dtype == "F16") return widen_all(bytes, to, widen_f16);
  if (dtype == "BF16") return widen_all(bytes, to, widen_bf16);
  if (!bytes.empty()) std::memcpy(to.data(), bytes.data(), bytes.size());
}

}  // namespace

const StoredTensor& Safetensors::find(std::string_view tensor) const {
  const auto found = tensors_.find(tensor);
  if (found == tensors_.end()) refuse(name_, "there is no tensor '{}'", tensor);
  return found->second;
}

template <typename T>
std::span<const std::byte> Safetensors::require(std::string_view tensor) const {
  const StoredTensor& found = find(tensor);
  if (found.dtype != dtype_of<T>) {
    refuse(name_, "tensor '{}' is {}, not {}", tensor, found.dtype, dtype_of<T>);
  }
  return found.bytes;
}

const StoredTensor& Safetensors::require_floats(std::string_view tensor) const {
  const StoredTensor& found = find(tensor);
  if (!becomes_float(found.dtype)) {
    refuse(name_, "tensor '{}' is {}, not F32, F16 or BF16", tensor, found.dtype);
  }
  return found;
}

void Safetensors::copy(std::string_view tensor, std::span<float> to) const {
  const StoredTensor& from = require_floats(tensor);
  const std::size_t numbers = from.bytes.size() / dtype_width(from.dtype);
  if (numbers != to.size()) {
    refuse(name_, "tensor '{}' has {} numbers, not {}", tensor, numbers, to.size());
  }
  to_floats(from.dtype, from.bytes, to);
}

void Safetensors::require_finite(std::string_view tensor) const {
  const StoredTensor& from = require_floats(tensor);
  const std::size_t width = dtype_width(from.dtype);
  const std::size_t numbers = from.bytes.size() / width;
  constexpr std::size_t at_once = 1024;  // without a copy of them all
  std::vector<float> some(at_once);
  std::size_t bad = 0, place = 0;
  float first = 0;
  for (std::size_t begin = 0; begin < numbers; begin += at_once) {
    const std::size_t count = std::min(at_once, numbers - begin);
    to_floats(from.dtype, from.bytes.subspan(begin * width, count * width),
              std::span(some).first(count));
    for (std::size_t i = 0; i < count; ++i) {
      if (std::isfinite(some[i])) continue;
      if (bad == 0) {
        first = some[i];
        place = begin + i;
      }
      ++bad;
    }
  }
  if (bad == 0) return;
  refuse(name_,
         "{} has {} of {} numbers that are not finite, the first {} at place {}: these are no "
         "weights to continue with",
         tensor, bad, numbers, first, place);
}

std::vector<double> Safetensors::doubles(std::string_view tensor) const {
  return copied<double>(require<double>(tensor));
}
std::vector<std::int64_t> Safetensors::integers(std::string_view tensor) const {
  return copied<std::int64_t>(require<std::int64_t>(tensor));
}

}  // namespace ridgeline::interop
