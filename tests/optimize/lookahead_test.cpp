#include "engine/lookahead.hpp"

#include <gtest/gtest.h>

#include "optimize/tensors.hpp"
#include "ridgeline/optimizers.hpp"

namespace ridgeline::optimize {
namespace {

// Two tensors of three weights. The second one can be frozen.
engine::State state_of(bool frozen = false) {
  engine::State state({{"a", 0, {"kernel", {3}, Role::kernel, "zeros", 1, 1}},
                       {"b", 0, {"bias", {3}, Role::bias, "zeros", 1, 1}},
                       {"c", 0, {"moving_mean", {3}, Role::statistic, "zeros", 1, 1}}});
  for (std::size_t p = 0; p < 3; ++p) std::fill_n(state.weights(p).data(), 3, 1.0F);
  state.frozen[1] = frozen;
  return state;
}

// Updates that add 1 to every weight.
void update(engine::State& state, const OptimizerSetting& setting) {
  if (state.slots() == 0) engine::begin_slots(state, *setting.optimizer, setting.lookahead);
  ++state.step;
  for (std::size_t p = 0; p < 3; ++p) {
    if (state.frozen[p]) continue;
    for (float& w : state.weights(p)) w += 1;
  }
  engine::apply_lookahead(state, setting.lookahead);
}

TEST(Lookahead, TheSlowWeightsBeginAsTheWeightsBehindTheOptimizersSlots) {
  engine::State state = state_of();
  const auto setting = lookahead(adam(), {.interval = 3, .alpha = 0.25});
  engine::begin_slots(state, *setting.optimizer, setting.lookahead);
  ASSERT_EQ(state.slots(), 3);
  EXPECT_EQ(state.slot(0, 0)[0], 0.0F);
  EXPECT_EQ(state.slot(2, 0)[0], 1.0F);
  EXPECT_EQ(state.slot(2, 1)[2], 1.0F);
}

TEST(Lookahead, EveryFewUpdatesTheWeightsComeBack) {
  engine::State state = state_of();
  const auto setting = lookahead(sgd(), {.interval = 3, .alpha = 0.25});
  const std::vector<float> expected{2, 3, 1.75F, 2.75F, 3.75F, 2.5F, 3.5F};
  for (const float w : expected) {
    update(state, setting);
    EXPECT_EQ(state.weights(0)[1], w) << state.step;
    EXPECT_EQ(state.weights(1)[0], w) << state.step;
  }
  EXPECT_EQ(state.weights(2)[0], 8.0F) << "statistics are not weights";
  EXPECT_EQ(state.slot(0, 0)[0], 2.5F);
}

TEST(Lookahead, AnotherTrainingBeginsWhereTheWeightsAre) {
  engine::State state = state_of();
  const auto setting = lookahead(sgd(), {.interval = 2, .alpha = 0.5});
  for (int step = 0; step < 4; ++step) update(state, setting);
  for (const std::size_t p : {0, 1}) std::fill_n(state.weights(p).data(), 3, 50.0F);
  engine::begin_slots(state, *setting.optimizer, setting.lookahead);
  for (int step = 0; step < 2; ++step) update(state, setting);
  EXPECT_EQ(state.weights(0)[0], 51.0F) << "half way from 50 to 52, and not from before";
}

TEST(Lookahead, WhatIsFrozenStays) {
  engine::State state = state_of(true);
  const auto setting = lookahead(sgd(), {.interval = 2});
  for (int step = 0; step < 4; ++step) update(state, setting);
  EXPECT_EQ(state.weights(0)[0], 3.0F);
  EXPECT_EQ(state.weights(1)[0], 1.0F);
}

TEST(Lookahead, ZerosAreExact) {
  engine::State state = state_of();
  const auto setting = lookahead(sgd(), {.interval = 2});
  update(state, setting);
  for (float& w : state.weights(0)) w = -1;  // and then 0
  update(state, setting);
  EXPECT_EQ(state.weights(0)[0], 0.0F);
  EXPECT_EQ(state.slot(0, 0)[0], 0.0F);
  EXPECT_EQ(state.weights(1)[0], 2.0F);
}

TEST(Lookahead, NoneIsNoSlotAndNoChange) {
  engine::State state = state_of();
  for (int step = 0; step < 4; ++step) update(state, adam());
  EXPECT_EQ(state.slots(), 2);
  EXPECT_EQ(state.weights(0)[0], 5.0F);
}

TEST(Lookahead, GoesOnWithTheSlotsThatItFinds) {
  engine::State whole = state_of(), first = state_of();
  const auto setting = lookahead(sgd(), {.interval = 3});
  for (int step = 0; step < 7; ++step) update(whole, setting);
  for (int step = 0; step < 4; ++step) update(first, setting);
  engine::State resumed = first.copy();
  for (int step = 4; step < 7; ++step) update(resumed, setting);
  EXPECT_EQ(resumed.weights(0)[0], whole.weights(0)[0]);
}

}  // namespace
}  // namespace ridgeline::optimize
