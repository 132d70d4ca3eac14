// 16-bit numbers in safetensors files, also in PyTorch's: tools/golden/make_halves.py.

#include <gmock/gmock.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "data/folder.hpp"
#include "interop/half.hpp"
#include "interop/safetensors.hpp"
#include "ridgeline/error.hpp"
#include "support/files.hpp"

namespace ridgeline::interop {
namespace {

using test::message_of;

// The value of a number by its fields: `fraction` and `exponent` are their widths in bits.
double by_formula(std::uint16_t bits, int fraction_bits, int exponent_bits) {
  const int fraction = bits & ((1 << fraction_bits) - 1);
  const int most = (1 << exponent_bits) - 1;
  const int exponent = bits >> fraction_bits & most;
  const int bias = most / 2;
  const double sign = bits >> 15 ? -1 : 1;
  if (exponent == most) return fraction == 0 ? sign * HUGE_VAL : std::nan("");
  const double whole = exponent == 0 ? 0 : 1;
  return sign *
         std::ldexp(whole + std::ldexp(fraction, -fraction_bits), std::max(exponent, 1) - bias);
}

void expect_same_number(float value, double expected) {
  if (std::isnan(expected)) {
    EXPECT_TRUE(std::isnan(value));
  } else {
    EXPECT_EQ(static_cast<double>(value), expected);
    EXPECT_EQ(std::signbit(value), std::signbit(expected));
  }
}

TEST(Halves, AllValuesAreKept) {
  for (int bits = 0; bits < 1 << 16; ++bits) {
    SCOPED_TRACE(bits);
    const auto half = static_cast<std::uint16_t>(bits);
    expect_same_number(widen_f16(half), by_formula(half, 10, 5));
    expect_same_number(widen_bf16(half), by_formula(half, 7, 8));
  }
}

std::string golden_text() {
  const auto bytes = test::golden_bytes("halves.safetensors");
  return {bytes.begin(), bytes.end()};
}

Safetensors read(std::string_view bytes) {
  Buffer<std::byte> buffer(bytes.size());
  if (!bytes.empty()) std::memcpy(buffer.data(), bytes.data(), bytes.size());
  return {std::move(buffer), "x"};
}

TEST(Halves, OfPyTorchsFilesAreWhatPyTorchMakesOfThem) {
  const Safetensors file = read(golden_text());
  for (const std::string name : {"f16", "bf16"}) {
    SCOPED_TRACE(name);
    const auto count = static_cast<std::size_t>(file.tensors().find(name)->second.shape.elements());
    ASSERT_GE(count, 80u);
    std::vector<float> values(count), expected(count);
    file.copy(name, values);
    file.copy(name + ".as_f32", expected);
    int numbers = 0;
    for (std::size_t i = 0; i < count; ++i) {
      expect_same_number(values[i], expected[i]);
      numbers += std::isfinite(values[i]) && values[i] != 0;
    }
    EXPECT_GE(numbers, 70);
    EXPECT_THAT(message_of<DataError>([&] { file.require_finite(name); }),
                testing::HasSubstr("of " + std::to_string(count) +
                                   " numbers that are not finite, the first inf at place "));
  }
}

TEST(Halves, WhatIsWrongIsSaid) {
  const Safetensors file = read(golden_text());
  std::vector<float> few(3), one(1);
  EXPECT_EQ(message_of<DataError>([&] { file.copy("f16", few); }),
            "x: tensor 'f16' has 90 numbers, not 3");
  EXPECT_EQ(message_of<DataError>([&] { file.copy("bf16", few); }),
            "x: tensor 'bf16' has 86 numbers, not 3");
  EXPECT_EQ(message_of<DataError>([&] { file.copy("f64", one); }),
            "x: tensor 'f64' is F64, not F32, F16 or BF16");
  EXPECT_EQ(message_of<DataError>([&] { file.require_finite("f64"); }),
            "x: tensor 'f64' is F64, not F32, F16 or BF16");
  EXPECT_EQ(message_of<DataError>([&] { file.copy("f17", few); }), "x: there is no tensor 'f17'");
}

TEST(Halves, CutShortAndOfTheWrongSizeIsRefused) {
  const std::string good = golden_text();
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_THROW(read(std::string_view(good).substr(0, size)), DataError) << size;
  }
  // The same bytes with a type of another width.
  for (const auto& [is, other] : {std::pair{"\"F16\"", "\"F32\""}, {"\"F16\"", "\"U8\" "}}) {
    std::string bad = good;
    const auto at = bad.find(is);
    ASSERT_NE(at, std::string::npos);
    bad.replace(at, 5, other, 5);
    EXPECT_THAT(message_of<DataError>([&] { read(bad); }),
                testing::HasSubstr("but its data_offsets are"));
  }
}

}  // namespace
}  // namespace ridgeline::interop
