#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "ridgeline/regularize.hpp"
#include "support/expect_error.hpp"

namespace ridgeline {
namespace {

// conv2d_1.kernel, .bias, batch_norm2d_1.gamma, .beta, .moving_mean, .moving_variance,
// dense_1.kernel, .bias, dense_2.kernel, .bias
const std::vector<Parameter>& parameters() {
  static const std::vector<Parameter> list = [] {
    const Network network{conv2d({.filters = 2, .kernel = 3}), batch_norm2d(), flatten(),
                          dense({.units = 4}), dense({.units = 3, .activation = "softmax"})};
    return infer(network, {1, 6, 6}).parameters;
  }();
  return list;
}

Penalty of(const std::vector<Penalty>& penalties, std::string_view name) {
  for (std::size_t p = 0; p < penalties.size(); ++p) {
    if (parameters()[p].name == name) return penalties[p];
  }
  ADD_FAILURE() << "no parameter " << name;
  return {};
}

Regularize with(std::vector<PenaltyRule> rules) {
  Regularize r{.l2 = 0.1};
  r.rules = std::move(rules);
  return r;
}

TEST(Penalty, ByDefaultKernelsAlone) {
  const auto penalties = resolve({.l2 = 0.1, .l1 = 0.2, .decay = 0.3}, parameters());
  ASSERT_EQ(penalties.size(), parameters().size());
  for (std::size_t p = 0; p < penalties.size(); ++p) {
    const bool kernel = parameters()[p].spec.role == Role::kernel;
    EXPECT_EQ(penalties[p], (kernel ? Penalty{0.1, 0.2, 0.3} : Penalty{})) << parameters()[p].name;
  }
}

TEST(Penalty, ExcludeNamesRoles) {
  Regularize r{.l2 = 0.1};
  r.exclude = {"kernel"};
  const auto penalties = resolve(r, parameters());
  EXPECT_EQ(of(penalties, "dense_1.kernel").l2, 0);
  EXPECT_EQ(of(penalties, "dense_1.bias").l2, 0.1);
  EXPECT_EQ(of(penalties, "batch_norm2d_1.gamma").l2, 0.1);
}

TEST(Penalty, StatisticsNeverHaveOne) {
  Regularize r = with({{.match = "*", .l2 = 0.5}});
  r.exclude = {};
  const auto penalties = resolve(r, parameters());
  EXPECT_EQ(of(penalties, "batch_norm2d_1.moving_mean"), Penalty{});
  EXPECT_EQ(of(penalties, "batch_norm2d_1.moving_variance"), Penalty{});
  EXPECT_EQ(of(penalties, "batch_norm2d_1.beta").l2, 0.5);
}

TEST(Penalty, RulesMatchParametersAndLayers) {
  const auto l2 = [](std::string match, std::string_view name) {
    return of(resolve(with({{.match = std::move(match), .l2 = 0.5}}), parameters()), name).l2;
  };
  EXPECT_EQ(l2("dense_1.kernel", "dense_1.kernel"), 0.5);
  EXPECT_EQ(l2("dense_1.kernel", "dense_2.kernel"), 0.1);
  EXPECT_EQ(l2("dense_2", "dense_2.bias"), 0.5) << "a rule is stronger than exclude";
  EXPECT_EQ(l2("dense*", "dense_2.kernel"), 0.5);
  EXPECT_EQ(l2("dense*", "conv2d_1.kernel"), 0.1);
  EXPECT_EQ(l2("*.kernel", "conv2d_1.kernel"), 0.5);
  EXPECT_EQ(l2("*.kernel", "dense_1.bias"), 0);
  EXPECT_EQ(l2("dense_?.bias", "dense_2.bias"), 0.5);
  EXPECT_EQ(l2("*2d_1*ne*", "conv2d_1.kernel"), 0.5);
}

TEST(Penalty, LaterRulesWinNumberByNumber) {
  const auto penalties = resolve(with({{.match = "dense*", .l2 = 0.5, .l1 = 0.7},
                                       {.match = "dense_2.kernel", .l2 = 0.25, .decay = 0.9},
                                       {.match = "dense_2.kernel", .decay = 0.8}}),
                                 parameters());
  EXPECT_EQ(of(penalties, "dense_1.kernel"), (Penalty{0.5, 0.7, 0}));
  EXPECT_EQ(of(penalties, "dense_2.kernel"), (Penalty{0.25, 0.7, 0.8}));
  const auto turned =
      resolve(with({{.match = "dense_2.kernel", .l2 = 0.25}, {.match = "dense*", .l2 = 0.5}}),
              parameters());
  EXPECT_EQ(of(turned, "dense_2.kernel").l2, 0.5);
}

TEST(Penalty, AFactorMultipliesTheBaseThatIsInForce) {
  Regularize r = with({{.match = "dense*", .l2 = 0.5}, {.match = "dense_1", .l2_factor = 10}});
  r.l2.kind = "linear";
  for (const double base : {0.0, 0.01, 2.0}) {
    r.l2.value = 2 * base;  // half way to 0
    const auto penalties = resolve(r.at(1, 2), parameters());
    EXPECT_DOUBLE_EQ(of(penalties, "conv2d_1.kernel").l2, base);
    EXPECT_DOUBLE_EQ(of(penalties, "dense_1.kernel").l2, 10 * base);
    EXPECT_DOUBLE_EQ(of(penalties, "dense_1.bias").l2, 10 * base);
    EXPECT_DOUBLE_EQ(of(penalties, "dense_2.kernel").l2, 0.5) << "absolute";
  }
}

TEST(Penalty, ARuleThatMatchesNothingIsAnError) {
  const std::string names =
      "conv2d_1.kernel, conv2d_1.bias, batch_norm2d_1.gamma, batch_norm2d_1.beta, "
      "batch_norm2d_1.moving_mean, batch_norm2d_1.moving_variance, dense_1.kernel, dense_1.bias, "
      "dense_2.kernel, dense_2.bias";
  EXPECT_USAGE_ERROR(resolve(with({{.match = "dens", .l2 = 1.0}}), parameters()),
                     "regularize.rule 'dens' matches no parameter: there are " + names);
  for (const auto* nothing : {"", "dense", "Dense_1", "dense_1.", "dense_1.kernel.", "?"}) {
    EXPECT_THROW(resolve(with({{.match = nothing, .l2 = 1.0}}), parameters()), UsageError)
        << nothing;
  }
  EXPECT_THROW(resolve(with({{.match = "*.moving_mean", .l2 = 1.0}}), parameters()), UsageError)
      << "statistics have no penalty to set";
}

TEST(Penalty, NumbersMustBeFiniteAndNotNegative) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  EXPECT_USAGE_ERROR((Regularize{.l2 = -1e-4}.check()),
                     "regularize.l2 must be a number that is not negative, not -0.0001");
  EXPECT_USAGE_ERROR((Regularize{.l2 = nan}.check()),
                     "regularize.l2 must be a number that is not negative, not nan");
  for (const double bad : {-1.0, nan, infinity}) {
    EXPECT_THROW((Regularize{.l2 = bad}.check()), UsageError) << bad;
    EXPECT_THROW((Regularize{.l1 = bad}.check()), UsageError) << bad;
    EXPECT_THROW((Regularize{.decay = bad}.check()), UsageError) << bad;
    EXPECT_THROW(with({{.match = "*", .l2 = bad}}).check(), UsageError) << bad;
    EXPECT_THROW(with({{.match = "*", .l1 = bad}}).check(), UsageError) << bad;
    EXPECT_THROW(with({{.match = "*", .decay = bad}}).check(), UsageError) << bad;
    EXPECT_THROW(with({{.match = "*", .l2_factor = bad}}).check(), UsageError) << bad;
  }
  EXPECT_NO_THROW(with({{.match = "*", .l2 = 0.0, .l1 = 0.0, .decay = 0.0}}).check());
}

TEST(Penalty, OneStrengthPerRule) {
  EXPECT_USAGE_ERROR(with({{.match = "dense*", .l2 = 1.0, .l2_factor = 2.0}}).check(),
                     "regularize.rule 'dense*': l2 and l2_factor exclude each other");
}

TEST(Penalty, UnknownRolesAreNamed) {
  Regularize r;
  r.exclude = {"bias", "biases"};
  EXPECT_USAGE_ERROR(r.check(),
                     "regularize.exclude knows \"kernel\", \"bias\" and \"norm\", not \"biases\"");
}

TEST(Penalty, EveryStrengthOfARuleMayFollowASchedule) {
  Schedule linear = 0.4, cosine = 0.2, proportional = 0.8;
  linear.kind = "linear";
  cosine.kind = "cosine";
  cosine.to = 0.1;
  proportional.kind = "proportional";
  const Regularize r = with({{.match = "dense*", .l2 = linear, .decay = proportional},
                             {.match = "dense_2.kernel", .l2 = cosine},
                             {.match = "dense_1.bias", .l2 = 0.0}});
  EXPECT_FALSE(r.is_constant()) << "though the base is";
  EXPECT_TRUE(r.at(3, 4).is_constant());
  const auto first = resolve(r, parameters()), later = resolve(r.at(3, 4, 0.25), parameters());
  EXPECT_EQ(of(first, "dense_1.kernel"), (Penalty{.l2 = 0.4, .decay = 0.8}));
  EXPECT_DOUBLE_EQ(of(later, "dense_1.kernel").l2, 0.1);
  EXPECT_DOUBLE_EQ(of(later, "dense_1.kernel").decay, 0.2);
  EXPECT_EQ(of(later, "dense_1.bias").l2, 0);
  EXPECT_EQ(of(first, "dense_2.kernel").l2, 0.2);
  EXPECT_DOUBLE_EQ(of(later, "dense_2.kernel").l2, 0.1 + 0.05 * (1 - std::sqrt(0.5)));
  EXPECT_EQ(of(later, "conv2d_1.kernel"), (Penalty{.l2 = 0.1}));

  Schedule rising = 0;
  rising.kind = "linear";
  rising.to = 3;
  EXPECT_EQ(
      of(resolve(with({{.match = "*", .l1 = rising}}).strongest(), parameters()), "dense_1.kernel"),
      (Penalty{.l2 = 0.1, .l1 = 3}));
  rising.to = -3;
  EXPECT_USAGE_ERROR(with({{.match = "*", .l1 = rising}}).check(),
                     "regularize.rule '*': l1.to must be a number that is not negative, not -3");
}

TEST(Penalty, DescribedForTheSummary) {
  Regularize r{.l2 = 1e-4};
  r.rules = {{.match = "dense_1.kernel", .l2 = 1e-3, .l1 = 0.5, .decay = 0.01},
             {.match = "dense_2", .l2 = 0.0, .decay = 2.0}};
  const PenaltyTexts texts = describe(r, parameters());
  EXPECT_EQ(texts[0], "l2 0.0001");
  EXPECT_EQ(texts[1], "");
  EXPECT_EQ(texts[6], "l2 0.001, l1 0.5, decay 0.01");
  EXPECT_EQ(texts[9], "decay 2");
}

TEST(Penalty, AScheduleIsDescribedWhereItApplies) {
  Regularize r{.l2 = 0.01, .l1 = 0.5};
  Schedule proportional = 5;
  proportional.kind = "proportional";
  r.rules = {{.match = "dense_1.kernel", .l2_factor = 10},
             {.match = "dense_2.kernel", .l2 = 3},
             {.match = "dense_2.bias", .l1 = proportional}};
  r.l2.kind = "cosine";
  r.l2.to = 1e-3;
  const PenaltyTexts texts = describe(r, parameters());
  EXPECT_EQ(texts[0], "l2 0.01 → 0.001 cosine, l1 0.5");
  EXPECT_EQ(texts[1], "");
  EXPECT_EQ(texts[6], "l2 0.1 → 0.01 cosine, l1 0.5");
  EXPECT_EQ(texts[8], "l2 3, l1 0.5");
  EXPECT_EQ(texts[9], "l1 5 × learning rate");
  r.l2.kind = "step";
  EXPECT_EQ(describe(r, parameters())[0], "l2 0.01 × 0.1 step, l1 0.5");
  r.l2.kind = "constant";
  r.l2.warmup = 2;
  EXPECT_EQ(describe(r, parameters())[0], "l2 0.01 after warm-up, l1 0.5");
}

}  // namespace
}  // namespace ridgeline
