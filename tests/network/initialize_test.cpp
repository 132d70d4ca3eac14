#include "network/initialize.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "support/expect_error.hpp"

namespace ridgeline::network {
namespace {

std::vector<float> values_of(const std::string& initializer, const Shape& shape,
                             std::int64_t fan_in = 1, std::int64_t fan_out = 1,
                             std::uint64_t seed = 1, std::uint64_t index = 0) {
  std::vector<float> values(static_cast<std::size_t>(shape.elements()), NAN);
  initialize({"kernel", shape, Role::kernel, initializer, fan_in, fan_out}, seed, index, values);
  return values;
}

struct Moments {
  double mean = 0, variance = 0, largest = 0;
};
Moments moments(const std::vector<float>& values) {
  Moments m;
  const auto n = static_cast<double>(values.size());
  for (const double v : values) {
    m.mean += v / n;
    m.variance += v * v / n;
    m.largest = std::max(m.largest, std::abs(v));
  }
  return m;
}

struct Expectation {
  std::string name;
  double variance;
};

TEST(Initialize, VarianceAndBounds) {
  constexpr std::int64_t in = 40, out = 160;
  const std::vector<Expectation> expectations = {
      {"glorot", 2.0 / (in + out)}, {"he", 2.0 / in}, {"lecun", 1.0 / in}};
  for (const auto& [name, variance] : expectations) {
    SCOPED_TRACE(name);
    const Moments uniform = moments(values_of(name + "_uniform", {400, 500}, in, out));
    EXPECT_NEAR(uniform.mean, 0, 0.01 * std::sqrt(variance));
    EXPECT_NEAR(uniform.variance / variance, 1, 0.01);
    const double limit = std::sqrt(3 * variance);
    EXPECT_LE(uniform.largest, limit * (1 + 1e-6));
    EXPECT_GT(uniform.largest, limit * 0.999);

    const Moments normal = moments(values_of(name + "_normal", {400, 500}, in, out));
    EXPECT_NEAR(normal.mean, 0, 0.01 * std::sqrt(variance));
    EXPECT_NEAR(normal.variance / variance, 1, 0.01);
    const double cut = 2 * std::sqrt(variance) / 0.87962566103423978;
    EXPECT_LE(normal.largest, cut * (1 + 1e-6));
    EXPECT_GT(normal.largest, cut * 0.995);
  }
}

TEST(Initialize, FanOutAndGivenDeviation) {
  const std::vector<Expectation> expectations = {
      {"he_normal_fan_out", 2.0 / 160}, {"he_uniform_fan_out", 2.0 / 160}, {"normal(0.01)", 1e-4}};
  for (const auto& [name, variance] : expectations) {
    SCOPED_TRACE(name);
    const Moments m = moments(values_of(name, {400, 500}, 40, 160));
    EXPECT_NEAR(m.mean, 0, 0.01 * std::sqrt(variance));
    EXPECT_NEAR(m.variance / variance, 1, 0.01);
    const bool uniform = name == "he_uniform_fan_out";
    const double limit = std::sqrt(variance) * (uniform ? std::sqrt(3.0) : 2 / 0.87962566103423978);
    EXPECT_LE(m.largest, limit * (1 + 1e-6));
    EXPECT_GT(m.largest, limit * 0.995);
  }
}

TEST(Initialize, Constants) {
  using testing::Each;
  EXPECT_THAT(values_of("zeros", {7}), Each(0.0f));
  EXPECT_THAT(values_of("ones", {7}), Each(1.0f));
  EXPECT_THAT(values_of("constant(-0.25)", {7}), Each(-0.25f));
}

/// The largest deviation of the products of rows (or columns) from the identity.
double deviation_from_identity(const std::vector<float>& matrix, std::size_t rows,
                               std::size_t columns) {
  const bool by_rows = rows <= columns;
  const std::size_t count = std::min(rows, columns), length = std::max(rows, columns);
  double largest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      double product = 0;
      for (std::size_t k = 0; k < length; ++k) {
        const std::size_t a = by_rows ? i * columns + k : k * columns + i;
        const std::size_t b = by_rows ? j * columns + k : k * columns + j;
        product += static_cast<double>(matrix[a]) * matrix[b];
      }
      largest = std::max(largest, std::abs(product - (i == j)));
    }
  }
  return largest;
}

TEST(Initialize, OrthogonalRowsOrColumns) {
  EXPECT_LT(deviation_from_identity(values_of("orthogonal", {32, 3, 3, 5}), 32, 45), 1e-6);
  EXPECT_LT(deviation_from_identity(values_of("orthogonal", {64, 27}), 64, 27), 1e-6);
  EXPECT_LT(deviation_from_identity(values_of("orthogonal", {48, 48}), 48, 48), 1e-6);
  EXPECT_LT(deviation_from_identity(values_of("orthogonal", {9}), 9, 1), 1e-6);
}

TEST(Initialize, OrthogonalDirectionsAreUniform) {
  // The mean over seeds of each entry of a uniformly distributed orthogonal matrix is 0. A
  // decomposition that does not fix the signs favours one sign on the diagonal.
  constexpr int seeds = 2000;
  std::vector<double> mean(9);
  for (int seed = 0; seed < seeds; ++seed) {
    const auto matrix = values_of("orthogonal", {3, 3}, 1, 1, static_cast<std::uint64_t>(seed));
    for (std::size_t i = 0; i < 9; ++i) mean[i] += matrix[i] / seeds;
  }
  for (const double m : mean) EXPECT_NEAR(m, 0, 4 * std::sqrt(1.0 / 3 / seeds));
}

TEST(Initialize, ValuesDependOnSeedAndParameterAlone) {
  for (const char* name : {"glorot_uniform", "he_normal", "orthogonal"}) {
    const auto values = values_of(name, {8, 8}, 8, 8, 1, 2);
    EXPECT_EQ(values, values_of(name, {8, 8}, 8, 8, 1, 2));
    EXPECT_NE(values, values_of(name, {8, 8}, 8, 8, 2, 2));
    EXPECT_NE(values, values_of(name, {8, 8}, 8, 8, 1, 3));
  }
}

TEST(Initialize, RefusesWhatItDoesNotKnow) {
  EXPECT_USAGE_ERROR(check_initializer("glorot"),
                     "there is no initializer 'glorot': did you mean 'glorot_uniform'?");
  EXPECT_USAGE_ERROR(check_initializer("he_norml"),
                     "there is no initializer 'he_norml': did you mean 'he_normal'?");
  EXPECT_USAGE_ERROR(check_initializer("constant"),
                     "initializer 'constant' needs its value: constant(0.1)");
  EXPECT_USAGE_ERROR(check_initializer("normal"),
                     "initializer 'normal' needs its standard deviation, above 0: normal(0.01)");
  EXPECT_USAGE_ERROR(check_initializer("normal(0)"),
                     "initializer 'normal' needs its standard deviation, above 0: normal(0.01)");
  EXPECT_USAGE_ERROR(check_initializer("zeros(1)"),
                     "initializer 'zeros(1)' takes no number: write 'zeros'");
  EXPECT_USAGE_ERROR(check_initializer("constant(inf)"),
                     "initializer 'constant(inf)' must be a name or a name with a number, such as "
                     "name(0.1)");
  EXPECT_NO_THROW(check_initializer("constant(0.1)"));
}

}  // namespace
}  // namespace ridgeline::network
