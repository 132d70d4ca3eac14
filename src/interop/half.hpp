#pragma once
// Converts 16-bit floating-point numbers to single precision, which has all of their values.

#include <bit>
#include <cstdint>

namespace ridgeline::interop {

/// IEEE 754's binary16: a sign, 5 bits of exponent, 10 of fraction.
constexpr float widen_f16(std::uint16_t bits) {
  constexpr std::uint32_t smaller_bias = 127 - 15;  // of the exponents
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000) << 16;
  const std::uint32_t exponent = bits >> 10 & 0x1F, fraction = bits & 0x3FF;
  if (exponent == 0x1F) return std::bit_cast<float>(sign | 0x7F800000 | fraction << 13);
  if (exponent > 0) {
    return std::bit_cast<float>(sign | (exponent + smaller_bias) << 23 | fraction << 13);
  }
  const float magnitude = static_cast<float>(fraction) * 0x1p-24F;  // 0, or below 2^-14
  return sign != 0 ? -magnitude : magnitude;
}

/// bfloat16: the upper half of a single-precision number.
constexpr float widen_bf16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

}  // namespace ridgeline::interop
