#pragma once
// NaN and infinite numbers in the inputs of kernels, and where they must be in the outputs.

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "tensor/random.hpp"

namespace ridgeline::engine::kernels {

/// Quiet and signalling, of both signs, with few bits set and with all: rounding must keep each.
inline constexpr std::array<std::uint32_t, 5> nan_bits{0x7FC00000, 0xFFC00000, 0x7FFFFFFF,
                                                       0x7F800001, 0xFFFFFFFF};

inline std::vector<float> non_finite_numbers() {
  std::vector<float> numbers{INFINITY, -INFINITY};
  for (const std::uint32_t bits : nan_bits) numbers.push_back(std::bit_cast<float>(bits));
  return numbers;
}

struct Poison {
  const std::vector<float>* operand;
  float number;
  bool infinite() const { return std::isinf(number); }
};
/// Puts a number that is not finite into one place of one operand.
inline Poison poison(std::initializer_list<std::vector<float>*> operands, Random& random) {
  std::vector<float>& values = *operands.begin()[random.below(operands.size())];
  const std::vector<float> numbers = non_finite_numbers();
  const float number = numbers[random.below(numbers.size())];
  values[random.below(values.size())] = number;
  return {&values, number};
}

/// How a kernel may differ from the plain sums if these are not finite.
enum class NonFinite {
  same,   ///< not at all
  spread  ///< numbers may be NaN, too: infinite numbers cancel in other sums
};

inline void expect_near(std::span<const float> got, const std::vector<double>& expected,
                        double tolerance, const std::string& what,
                        NonFinite allowed = NonFinite::same) {
  ASSERT_EQ(got.size(), expected.size()) << what;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double wanted = expected[i];
    if (std::isnan(wanted)) {
      ASSERT_TRUE(std::isnan(got[i])) << what << " " << i << " is " << got[i] << ", not NaN";
    } else if (allowed == NonFinite::spread && std::isnan(got[i])) {
      continue;
    } else if (std::isinf(wanted)) {
      ASSERT_EQ(got[i], wanted) << what << " " << i;
    } else {
      ASSERT_NEAR(got[i], wanted, tolerance * (1 + std::abs(wanted))) << what << " " << i;
    }
  }
}

/// x, times `slope` if it is below 0. A slope of 0 gives 0, even for an infinite number.
inline double plain_relu(double x, double slope) {
  return x < 0 ? (slope == 0 ? 0 : slope * x) : x;
}
/// The gradient of a ReLU's input from that of its result `y`.
inline double plain_relu_back(double gradient, double y, double slope) {
  return y <= 0 ? (slope == 0 ? 0 : slope * gradient) : gradient;
}

}  // namespace ridgeline::engine::kernels
