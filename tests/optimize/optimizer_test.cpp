#include "ridgeline/optimizer.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "network/expect_error.hpp"

namespace ridgeline {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(Optimizer, Defaults) {
  EXPECT_EQ(adam().optimizer->attributes(),
            (Attributes{{"beta1", 0.9}, {"beta2", 0.999}, {"epsilon", 1e-7}}));
  EXPECT_EQ(adam().learning_rate, Schedule(1e-3));
  EXPECT_EQ(sgd().optimizer->attributes(), (Attributes{{"momentum", 0.0}, {"nesterov", false}}));
  EXPECT_EQ(sgd().learning_rate, Schedule(0.01));
  EXPECT_EQ(sgd().optimizer->slots(), 0);
  EXPECT_EQ(sgd({.momentum = 0.9}).optimizer->slots(), 1);
  EXPECT_EQ(adam().optimizer->slots(), 2);
}

TEST(Optimizer, KindsAndTheFullBatch) {
  EXPECT_EQ(gd().optimizer->kind(), "gd");
  EXPECT_TRUE(gd().full_batch);
  EXPECT_EQ(sgd().optimizer->kind(), "sgd");
  EXPECT_EQ(adam().optimizer->kind(), "adam");
  EXPECT_EQ(adamw().optimizer->kind(), "adamw");
  for (const auto& setting : {sgd(), adam(), adamw()}) EXPECT_FALSE(setting.full_batch);
}

TEST(Optimizer, SettingsCarryTheScheduleAndTheClipping) {
  const Schedule rate(0.5);
  for (const auto& setting : {gd({.learning_rate = rate, .clip_norm = 1, .clip_value = 2}),
                              sgd({.learning_rate = rate, .clip_norm = 1, .clip_value = 2}),
                              adam({.learning_rate = rate, .clip_norm = 1, .clip_value = 2}),
                              adamw({.learning_rate = rate, .clip_norm = 1, .clip_value = 2})}) {
    SCOPED_TRACE(setting.optimizer->kind());
    EXPECT_EQ(setting.learning_rate, rate);
    EXPECT_EQ(setting.clip_norm, 1);
    EXPECT_EQ(setting.clip_value, 2);
  }
}

TEST(Optimizer, MadeAgainFromKindAndAttributes) {
  for (const auto& setting : {gd({.momentum = 0.5}), sgd({.momentum = 0.9, .nesterov = true}),
                              adam({.beta1 = 0.8, .beta2 = 0.9, .epsilon = 1}), adamw()}) {
    const auto& o = *setting.optimizer;
    const auto again = make_optimizer(o.kind(), o.attributes());
    EXPECT_EQ(again->kind(), o.kind());
    EXPECT_EQ(again->attributes(), o.attributes());
    EXPECT_EQ(again->slots(), o.slots());
  }
}

TEST(Optimizer, ValuesOutOfRange) {
  EXPECT_USAGE_ERROR(sgd({.momentum = 1}), "optimizer.momentum must be in [0, 1), not 1");
  EXPECT_USAGE_ERROR(sgd({.nesterov = true}),
                     "optimizer.nesterov needs optimizer.momentum above 0, for example 0.9");
  EXPECT_USAGE_ERROR(adam({.beta1 = 1}), "optimizer.beta1 must be in [0, 1), not 1");
  EXPECT_USAGE_ERROR(adam({.beta2 = -0.5}), "optimizer.beta2 must be in [0, 1), not -0.5");
  EXPECT_USAGE_ERROR(adam({.epsilon = 0}), "optimizer.epsilon must be in [1e-30, 1e+30), not 0");
  EXPECT_THROW(gd({.momentum = -0.1}), UsageError);
  EXPECT_THROW(sgd({.momentum = nan}), UsageError);
  EXPECT_THROW(adamw({.beta1 = nan}), UsageError);
  EXPECT_THROW(adamw({.epsilon = nan}), UsageError);
}

TEST(Optimizer, UnknownKindsAndKeys) {
  EXPECT_USAGE_ERROR(make_optimizer("adma"), "there is no optimizer 'adma': did you mean 'adam'?");
  EXPECT_USAGE_ERROR(make_optimizer("lion"),
                     "there is no optimizer 'lion': known are adam, adamw, gd, sgd");
  EXPECT_USAGE_ERROR(make_optimizer("sgd", {{"momentun", 0.9}}),
                     "sgd has no key 'momentun': did you mean 'momentum'?");
  EXPECT_THROW(make_optimizer("adam", {{"momentum", 0.9}}), UsageError);
  EXPECT_THROW(make_optimizer("sgd", {{"nesterov", 1.0}}), UsageError);
}

TEST(Optimizer, AnApplicationAddsItsOwnUnderANewName) {
  const OptimizerFactory factory = [](const Attributes&) { return sgd().optimizer; };
  register_optimizer("plain", factory);
  EXPECT_EQ(make_optimizer("plain")->kind(), "sgd");
  EXPECT_USAGE_ERROR(register_optimizer("plain", factory), "there is an optimizer 'plain' already");
  EXPECT_USAGE_ERROR(register_optimizer("adam", factory), "there is an optimizer 'adam' already");
}

}  // namespace
}  // namespace ridgeline
