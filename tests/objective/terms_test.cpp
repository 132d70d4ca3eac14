// Compares the terms that see whole parameters with PyTorch and SciPy
// (tools/golden/make_penalties.py), central differences and closed forms.

#include "objective/terms/terms.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "support/golden.hpp"
#include "tensor/random.hpp"

namespace ridgeline::objective {
namespace {

using engine::MatrixTerm;
using engine::TermContext;

std::vector<float> random_weights(std::size_t size, std::uint64_t stream) {
  Random random(31, Purpose::test, stream);
  std::vector<float> weights(size);
  for (float& w : weights) w = static_cast<float>(random.normal());
  return weights;
}

// A case of the golden file.
struct Case {
  explicit Case(const golden::Arrays& arrays)
      : arrays(arrays), weights(floats("weights")), reference(floats("reference")) {
    context = {.rows = static_cast<std::int64_t>(arrays.at("rows")[0]),
               .columns = static_cast<std::int64_t>(arrays.at("columns")[0]),
               .strength = arrays.at("strength")[0],
               .reference = reference.empty() ? nullptr : reference.data()};
  }
  std::vector<float> floats(const std::string& name) const {
    const auto found = arrays.find(name);
    if (found == arrays.end()) return {};
    return {found->second.begin(), found->second.end()};
  }
  void expect_near(const std::vector<float>& got, const std::string& name, double within) const {
    const auto& expected = arrays.at(name);
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      EXPECT_NEAR(got[i], expected[i], within * (1 + std::abs(expected[i]))) << name << " " << i;
    }
  }
  const golden::Arrays& arrays;
  std::vector<float> weights, reference;
  TermContext context;
};

// Calls test(case) for all cases of a term. There must be `count` of them.
void for_cases(const std::string& term, int count, const std::function<void(Case&)>& test) {
  static const auto file = golden::read("penalties.txt");
  int found = 0;
  for (const auto& [name, arrays] : file) {
    if (!name.starts_with(term + ":")) continue;
    SCOPED_TRACE(name);
    Case one(arrays);
    test(one);
    ++found;
  }
  EXPECT_EQ(found, count);
}

void expect_gradients(const std::string& name, const MatrixTerm& term) {
  EXPECT_EQ(term.name(), name);
  for_cases(name, 5, [&](Case& c) {
    EXPECT_NEAR(term.value(c.context, c.weights.data()), c.arrays.at("value")[0],
                2e-6 * c.arrays.at("value")[0]);
    std::vector<double> memory(term.memory(c.context.rows, c.context.columns));
    c.context.memory = memory;
    std::vector<float> gradient(c.weights.size());
    // Terms that iterate from update to update need some updates to converge.
    for (int update = 0; update < (memory.empty() ? 1 : 400); ++update) {
      gradient.assign(c.weights.size(), 0.0F);
      term.add_gradient(c.context, c.weights.data(), gradient.data());
    }
    c.expect_near(gradient, "gradient", 5e-6);
    term.add_gradient(c.context, c.weights.data(), gradient.data());
    auto twice = c.arrays.at("gradient");
    for (std::size_t i = 0; i < twice.size(); ++i) {
      EXPECT_NEAR(gradient[i], 2 * twice[i], 2e-5 * (1 + std::abs(twice[i]))) << "it is added";
    }
  });
}

TEST(Terms, GradientsAreThoseOfAutomaticDifferentiation) {
  expect_gradients("l2_sp", *l2_sp_term());
  expect_gradients("orthogonal", *orthogonal_term());
  expect_gradients("spectral", *spectral_term());
}

TEST(Terms, GradientsAreThoseOfTheirValues) {
  for (const auto& [rows, columns] : {std::pair(4, 9), {9, 4}, {1, 6}, {6, 1}, {17, 33}}) {
    const auto size = static_cast<std::size_t>(rows * columns);
    const std::vector<float> reference = random_weights(size, 2);
    for (const auto& term :
         {l2_sp_term().release(), orthogonal_term().release(), spectral_term().release()}) {
      const TermPtr owned(term);
      SCOPED_TRACE(fmt::format("{} {}x{}", term->name(), rows, columns));
      TermContext c{
          .rows = rows, .columns = columns, .strength = 0.7, .reference = reference.data()};
      std::vector<float> w = random_weights(size, 1), gradient(size);
      std::vector<double> memory(term->memory(rows, columns));
      c.memory = memory;
      for (int i = 0; i < 400; ++i) {
        gradient.assign(size, 0);
        term->add_gradient(c, w.data(), gradient.data());
      }
      c.memory = {};
      for (std::size_t i = 0; i < size; i += 7) {
        const float there = w[i], h = 1e-2F;
        w[i] = there + h;
        const double above = term->value(c, w.data());
        w[i] = there - h;
        const double below = term->value(c, w.data());
        w[i] = there;
        EXPECT_NEAR(gradient[i], (above - below) / (2 * h), 2e-3 * (1 + std::abs(gradient[i])));
      }
    }
  }
}

TEST(Terms, TheProximalMapOfGroupLassoIsItsMinimum) {
  const TermPtr term = group_lasso_term();
  std::size_t zero_rows = 0;
  for_cases("group_lasso", 10, [&](Case& c) {
    EXPECT_NEAR(term->value(c.context, c.weights.data()), c.arrays.at("value")[0],
                1e-6 * c.arrays.at("value")[0]);
    term->map(c.context, c.floats("metric").data(), c.weights.data());
    c.expect_near(c.weights, "mapped", 1e-6);
    for (std::int64_t r = 0; r < c.context.rows; ++r) {
      bool zero = true;
      for (std::int64_t i = 0; i < c.context.columns; ++i) {
        zero &= c.weights[static_cast<std::size_t>(r * c.context.columns + i)] == 0;
      }
      zero_rows += zero;
    }
  });
  EXPECT_GT(zero_rows, 3U) << "whole rows are exactly zero";
}

TEST(Terms, GroupLassoWithOneMetricShrinksTheNorm) {
  const TermPtr term = group_lasso_term();
  std::vector<float> w{3, 4, 0.3F, 0.4F, 0, 0}, metric(6, 0.5F);
  term->map({.rows = 3, .columns = 2, .strength = 2}, metric.data(), w.data());
  EXPECT_FLOAT_EQ(w[0], 3 * 0.8F);  // the norm falls from 5 by 0.5 * 2
  EXPECT_FLOAT_EQ(w[1], 4 * 0.8F);
  for (std::size_t i = 2; i < 6; ++i) EXPECT_EQ(w[i], 0) << i;
}

TEST(Terms, GroupLassoWithoutAStepMovesNothing) {
  const TermPtr term = group_lasso_term();
  const std::vector<float> before{3, 4, 0.3F, 0.4F};
  std::vector<float> w = before;
  const std::vector<float> none(4, 0.0F), first_row{0, 0, 1, 1};
  term->map({.rows = 2, .columns = 2, .strength = 2}, none.data(), w.data());
  EXPECT_EQ(w, before);
  term->map({.rows = 2, .columns = 2, .strength = 2}, first_row.data(), w.data());
  EXPECT_EQ(w, (std::vector<float>{3, 4, 0, 0}));
}

TEST(Terms, NormsAreProjectedRowByRow) {
  const auto expect_maps = [](const std::string& name, const MatrixTerm& term) {
    for_cases(name, 5, [&](Case& c) {
      term.map(c.context, nullptr, c.weights.data());
      c.expect_near(c.weights, "mapped", 1e-6);
    });
  };
  expect_maps("max_norm", *max_norm_term());
  expect_maps("fixed_norm", *fixed_norm_term());
}

TEST(Terms, ARowOfZerosHasNoDirection) {
  std::vector<float> w{0, 0, 3, 4};
  fixed_norm_term()->map({.rows = 2, .columns = 2, .strength = 10}, nullptr, w.data());
  EXPECT_EQ(w, (std::vector<float>{0, 0, 6, 8}));
}

TEST(Terms, OrthogonalRowsOfNormOneCostNothing) {
  const std::vector<float> w{0.6F, 0.8F, 0, -0.8F, 0.6F, 0};
  EXPECT_NEAR(orthogonal_term()->value({.rows = 2, .columns = 3, .strength = 5}, w.data()), 0,
              1e-12);
  EXPECT_NEAR(orthogonal_term()->value({.rows = 3, .columns = 2, .strength = 4}, w.data()), 0.6176,
              1e-5)
      << "|W^T W - I|^2 with W^T W of columns (0.6, 0, 0.6), (0.8, -0.8, 0)";
}

TEST(Terms, TheSpectralNormOfADiagonalIsItsLargestNumber) {
  const std::vector<float> w{2, 0, 0, 0, -5, 0};
  EXPECT_NEAR(spectral_term()->value({.rows = 2, .columns = 3, .strength = 2}, w.data()), 25, 1e-6);
  const std::vector<float> zero(6, 0.0F);
  EXPECT_EQ(spectral_term()->value({.rows = 2, .columns = 3, .strength = 2}, zero.data()), 0);
}

}  // namespace
}  // namespace ridgeline::objective
