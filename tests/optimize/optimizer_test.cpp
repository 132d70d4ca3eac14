#include <gtest/gtest.h>

#include <limits>

#include "ridgeline/optimizers.hpp"
#include "support/expect_error.hpp"

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

TEST(Optimizer, EveryKindByItsNameHasTheDefaultsOfItsFunction) {
  const std::vector<OptimizerSetting> settings{gd(),    sgd(),     adam(),    adamw(), nadam(),
                                               radam(), rmsprop(), adagrad(), lamb(),  lars(),
                                               lion(),  muon(),    lbfgs()};
  for (const auto& setting : settings) {
    const Optimizer& optimizer = *setting.optimizer;
    SCOPED_TRACE(optimizer.kind());
    const OptimizerSetting standard = default_optimizer(optimizer.kind());
    EXPECT_EQ(standard.optimizer->kind(), optimizer.kind());
    EXPECT_EQ(standard.optimizer->attributes(), optimizer.attributes());
    EXPECT_EQ(standard.learning_rate, setting.learning_rate);
    EXPECT_EQ(standard.full_batch, setting.full_batch);
    EXPECT_EQ(standard.lookahead, Lookahead{});
  }
  EXPECT_THROW(default_optimizer("adma"), UsageError);
}

TEST(Optimizer, WhatAKindSeesAndKeeps) {
  struct Expected {
    OptimizerSetting setting;
    Scope scope;
    int slots;
    bool has_metric;
  };
  for (const auto& [setting, scope, slots, has_metric] :
       {Expected{nadam(), Scope::element, 2, true}, Expected{radam(), Scope::element, 2, true},
        Expected{rmsprop(), Scope::element, 1, true},
        Expected{rmsprop({.momentum = 0.9}), Scope::element, 2, true},
        Expected{rmsprop({.centered = true}), Scope::element, 2, false},
        Expected{rmsprop({.momentum = 0.9, .centered = true}), Scope::element, 3, false},
        Expected{adagrad(), Scope::element, 1, true}, Expected{lamb(), Scope::tensor, 2, true},
        Expected{lars(), Scope::tensor, 1, true}, Expected{lion(), Scope::element, 1, false},
        Expected{muon(), Scope::tensor, 2, false},
        Expected{lbfgs({.history = 7}), Scope::model, 14, false}}) {
    SCOPED_TRACE(setting.optimizer->kind());
    EXPECT_EQ(setting.optimizer->scope(), scope);
    EXPECT_EQ(setting.optimizer->slots(), slots);
    EXPECT_EQ(setting.optimizer->has_metric(), has_metric);
  }
}

TEST(Optimizer, LookaheadAroundAny) {
  const OptimizerSetting setting = lookahead(lion({.learning_rate = 0.5}), {.interval = 7});
  EXPECT_EQ(setting.optimizer->kind(), "lion");
  EXPECT_EQ(setting.learning_rate, Schedule(0.5));
  EXPECT_EQ(setting.lookahead, (Lookahead{.interval = 7, .alpha = 0.5}));
  EXPECT_EQ(lookahead(adam()).lookahead.interval, 5);
  EXPECT_USAGE_ERROR(lookahead(adam(), {.interval = 0}),
                     "optimizer.lookahead must be at least 1, not 0");
  EXPECT_USAGE_ERROR(lookahead(adam(), {.interval = -1}),
                     "optimizer.lookahead must be at least 0, not -1");
  EXPECT_USAGE_ERROR(lookahead(adam(), {.interval = 5, .alpha = 0}),
                     "optimizer.lookahead_alpha must be above 0 and at most 1, not 0");
  EXPECT_THROW(lookahead(adam(), {.interval = 5, .alpha = 1.5}), UsageError);
  EXPECT_THROW(lookahead(adam(), {.interval = 5, .alpha = nan}), UsageError);
}

TEST(Optimizer, KindsAndTheFullBatch) {
  EXPECT_EQ(gd().optimizer->kind(), "gd");
  EXPECT_TRUE(gd().full_batch);
  EXPECT_TRUE(lbfgs().full_batch);
  EXPECT_EQ(sgd().optimizer->kind(), "sgd");
  EXPECT_EQ(adam().optimizer->kind(), "adam");
  EXPECT_EQ(adamw().optimizer->kind(), "adamw");
  for (const auto& setting : {sgd(), adam(), adamw(), lars(), muon()})
    EXPECT_FALSE(setting.full_batch);
}

TEST(Optimizer, SettingsCarryTheScheduleAndTheClipping) {
  const Schedule rate(0.5);
  for (const auto& setting : {gd({.learning_rate = rate, .clip_norm = 1, .clip_value = 2}),
                              sgd({.learning_rate = rate, .clip_norm = 1, .clip_value = 2}),
                              adam({.learning_rate = rate, .clip_norm = 1, .clip_value = 2}),
                              rmsprop({.learning_rate = rate, .clip_norm = 1, .clip_value = 2}),
                              lbfgs({.learning_rate = rate, .clip_norm = 1, .clip_value = 2}),
                              adamw({.learning_rate = rate, .clip_norm = 1, .clip_value = 2})}) {
    SCOPED_TRACE(setting.optimizer->kind());
    EXPECT_EQ(setting.learning_rate, rate);
    EXPECT_EQ(setting.clip_norm, 1);
    EXPECT_EQ(setting.clip_value, 2);
  }
}

TEST(Optimizer, MadeAgainFromKindAndAttributes) {
  for (const auto& setting :
       {gd({.momentum = 0.5}), sgd({.momentum = 0.9, .nesterov = true}),
        adam({.beta1 = 0.8, .beta2 = 0.9, .epsilon = 1}), adamw(),
        nadam({.beta1 = 0.8, .momentum_decay = 0.1}), radam({.beta1 = 0.5}),
        rmsprop({.rho = 0.5, .momentum = 0.5, .centered = true}),
        adagrad({.initial_accumulator = 2, .epsilon = 1}), lamb({.beta2 = 0.9}),
        lars({.momentum = 0, .trust = 1}), lion({.beta1 = 0.5, .beta2 = 0.6}),
        muon({.momentum = 0.5, .nesterov = false, .newton_schulz = 2}), lbfgs({.history = 3})}) {
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
  EXPECT_USAGE_ERROR(rmsprop({.rho = 1}), "optimizer.rho must be in [0, 1), not 1");
  EXPECT_USAGE_ERROR(lbfgs({.history = 0}), "optimizer.history must be in [1, 100], not 0");
  EXPECT_USAGE_ERROR(muon({.newton_schulz = 101}),
                     "optimizer.newton_schulz must be in [1, 100], not 101");
  EXPECT_USAGE_ERROR(lars({.trust = 0}), "optimizer.trust must be in [1e-30, 1e+30), not 0");
  EXPECT_THROW(nadam({.momentum_decay = -1}), UsageError);
  EXPECT_THROW(nadam({.momentum_decay = nan}), UsageError);
  EXPECT_THROW(radam({.beta2 = 1}), UsageError);
  EXPECT_THROW(rmsprop({.momentum = 1}), UsageError);
  EXPECT_THROW(rmsprop({.epsilon = 0}), UsageError);
  EXPECT_THROW(adagrad({.initial_accumulator = -0.1}), UsageError);
  EXPECT_THROW(adagrad({.initial_accumulator = nan}), UsageError);
  EXPECT_THROW(lamb({.beta1 = 1}), UsageError);
  EXPECT_THROW(lars({.momentum = 1}), UsageError);
  EXPECT_THROW(lion({.beta2 = 1}), UsageError);
  EXPECT_THROW(muon({.momentum = nan}), UsageError);
  EXPECT_THROW(muon({.newton_schulz = 0}), UsageError);
  EXPECT_THROW(lbfgs({.history = 101}), UsageError);
  EXPECT_THROW(gd({.momentum = -0.1}), UsageError);
  EXPECT_THROW(sgd({.momentum = nan}), UsageError);
  EXPECT_THROW(adamw({.beta1 = nan}), UsageError);
  EXPECT_THROW(adamw({.epsilon = nan}), UsageError);
}

TEST(Optimizer, UnknownKindsAndKeys) {
  EXPECT_USAGE_ERROR(make_optimizer("adma"), "there is no optimizer 'adma': did you mean 'adam'?");
  EXPECT_USAGE_ERROR(make_optimizer("ftrl"),
                     "there is no optimizer 'ftrl': known are adagrad, adam, adamw, gd, lamb, "
                     "lars, lbfgs, lion, muon, "
                     "nadam, radam, rmsprop, sgd");
  EXPECT_USAGE_ERROR(make_optimizer("sgd", {{"momentun", 0.9}}),
                     "sgd has no key 'momentun': did you mean 'momentum'?");
  EXPECT_USAGE_ERROR(make_optimizer("lars", {{"thrust", 0.9}}),
                     "lars has no key 'thrust': did you mean 'trust'?");
  EXPECT_THROW(make_optimizer("lbfgs", {{"history", 2.5}}), UsageError);
  EXPECT_THROW(make_optimizer("adam", {{"momentum", 0.9}}), UsageError);
  EXPECT_THROW(make_optimizer("sgd", {{"nesterov", 1.0}}), UsageError);
}

TEST(Optimizer, AnApplicationAddsItsOwnUnderANewName) {
  const OptimizerFactory factory = [](const Attributes&) { return sgd().optimizer; };
  register_optimizer({.name = "plain"}, factory, 0.25);
  EXPECT_EQ(default_optimizer("plain").learning_rate, Schedule(0.25));
  EXPECT_EQ(make_optimizer("plain")->kind(), "sgd");
  EXPECT_USAGE_ERROR(register_optimizer({.name = "plain"}, factory),
                     "there is an optimizer 'plain' already");
  EXPECT_USAGE_ERROR(register_optimizer({.name = "adam"}, factory),
                     "there is an optimizer 'adam' already");
}

}  // namespace
}  // namespace ridgeline
