#include "tensor/random.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ridgeline {
namespace {

std::uint32_t high(std::uint64_t x) {
  return static_cast<std::uint32_t>(x >> 32);
}
std::uint32_t low(std::uint64_t x) {
  return static_cast<std::uint32_t>(x);
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {high(p1) ^ counter[1] ^ key[0], low(p1), high(p0) ^ counter[3] ^ key[1], low(p0)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

Random::Random(std::uint64_t seed, Purpose purpose, std::uint64_t a, std::uint64_t b)
    : counter_{0, static_cast<std::uint32_t>(purpose), low(a), low(b)} {
  const auto mixed = philox({low(seed), high(seed), high(a), high(b)}, {0, 0});
  key_ = {mixed[0], mixed[1]};
}

std::uint32_t Random::bits() {
  if (used_ == 4) {
    block_ = philox(counter_, key_);
    ++counter_[0];
    used_ = 0;
  }
  return block_[used_++];
}

float Random::uniform() {
  return static_cast<float>(bits() >> 8) * 0x1p-24f;
}

double Random::uniform_double() {
  const std::uint64_t upper = bits() >> 5;
  const std::uint64_t lower = bits() >> 6;
  return static_cast<double>((upper << 26) + lower) * 0x1p-53;
}

double Random::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform_double()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform_double());
}

void Random::normals(std::span<float> values) {
  for (std::size_t i = 0; i < values.size(); i += 2) {
    const float radius = std::sqrt(-2.0F * std::log(1.0F - uniform()));
    const float angle = 2.0F * std::numbers::pi_v<float> * uniform();
    values[i] = radius * std::cos(angle);
    if (i + 1 < values.size()) values[i + 1] = radius * std::sin(angle);
  }
}

// The logarithm of a gamma variate, by rejection (Marsaglia and Tsang, "A simple method for
// generating gamma variables", 2000). A shape below 1 goes by G(a) = G(a + 1) U^(1 / a), whose
// result may be too small for a double, unlike its logarithm (down to the smallest shapes).
double Random::log_gamma(double shape) {
  if (shape < 1) {
    const double above = log_gamma(shape + 1);
    return above + std::log(1.0 - uniform_double()) / std::max(shape, 1e-300);
  }
  const double d = shape - 1.0 / 3.0, c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = normal(), root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    if (std::log(1.0 - uniform_double()) < 0.5 * x * x + d * (1 - v + std::log(v))) {
      return std::log(d * v);
    }
  }
}

double Random::beta(double a, double b) {
  const double of_a = log_gamma(a), of_b = log_gamma(b);
  return 1 / (1 + std::exp(of_b - of_a));
}

std::uint64_t Random::below(std::uint64_t bound) {
  const std::uint64_t excess = (~std::uint64_t{0} % bound + 1) % bound;  // 2^64 mod bound
  std::uint64_t value = 0;
  do {
    value = (std::uint64_t{bits()} << 32) | bits();
  } while (value > ~std::uint64_t{0} - excess);
  return value % bound;
}

}  // namespace ridgeline
