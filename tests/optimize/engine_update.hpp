#pragma once
// An optimiser through the engine's update pass, on a state of given tensors.

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "engine/lookahead.hpp"
#include "engine/update_pass.hpp"
#include "optimize/tensors.hpp"
#include "ridgeline/optimizers.hpp"

namespace ridgeline::optimize {

class EngineUpdate {
 public:
  EngineUpdate(OptimizerSetting setting, std::vector<Penalty> penalties, const TensorsOf& tensors,
               int threads = 1)
      : setting_(std::move(setting)),
        state_(parameters(tensors)),
        pass_(state_),
        team_(threads),
        gradient_(state_.arena().trainable) {
    rule_.optimizer = setting_.optimizer.get();
    rule_.learning_rate = setting_.learning_rate.value;
    rule_.clip_norm = setting_.clip_norm;
    rule_.clip_value = setting_.clip_value;
    rule_.penalties = std::move(penalties);
    for (std::size_t p = 0; p < tensors.start.size(); ++p) {
      std::copy(tensors.start[p].begin(), tensors.start[p].end(), state_.weights(p).begin());
    }
    engine::begin_slots(state_, *setting_.optimizer, setting_.lookahead);
  }

  void set_rate_factors(std::vector<double> factors) { rule_.rate_factors = std::move(factors); }

  void step(const Tensors& gradients) {
    for (std::size_t p = 0; p < gradients.size(); ++p) {
      std::copy(gradients[p].begin(), gradients[p].end(),
                gradient_.data() + state_.arena().offsets[p]);
    }
    pass_.run(team_, state_, rule_, {{gradient_.data()}, {}});
    engine::apply_lookahead(state_, setting_.lookahead);
  }

  std::span<const float> weights(std::size_t p) const { return state_.weights(p); }
  engine::State& state() { return state_; }

  /// Whether everything after the tensors' ends is still zero.
  bool padding_is_zero() const {
    const auto& arena = state_.arena();
    std::vector<bool> used(arena.trainable, false);
    for (std::size_t p = 0; p < arena.sizes.size(); ++p) {
      for (std::size_t i = 0; i < arena.sizes[p]; ++i) used[arena.offsets[p] + i] = true;
    }
    for (std::size_t i = 0; i < used.size(); ++i) {
      if (!used[i] && state_.weight_arena().data()[i] != 0) return false;
    }
    return true;
  }

 private:
  static std::vector<Parameter> parameters(const TensorsOf& tensors) {
    std::vector<Parameter> list;
    for (const Shape& shape : tensors.shapes) {
      list.push_back(
          {fmt::format("t{}", list.size()), 0, {"kernel", shape, role_of(shape), "zeros", 1, 1}});
    }
    return list;
  }

  OptimizerSetting setting_;
  engine::State state_;
  engine::UpdatePass pass_;
  engine::Team team_;
  Buffer<float> gradient_;
  engine::UpdateRule rule_;
};

}  // namespace ridgeline::optimize
