// The update for optimisers that must see whole parameters or the whole model. The order of
// operations is the same as in the one pass, but gradient and step of all parameters are in memory.

#include <algorithm>

#include "engine/spread.hpp"
#include "engine/update_pass.hpp"

namespace ridgeline::engine {

// All parameters as a single row. Frozen ones have no gradient, and so no step.
void UpdatePass::step_model(Team& team, State& state, const UpdateRule& rule, StepInfo info,
                            float* gradient) {
  for (const Run& run : runs_) {
    if (state.frozen[run.parameter]) std::fill_n(gradient + run.offset, run.count, 0.0F);
  }
  info.columns = static_cast<std::int64_t>(state.arena().trainable);
  info.parallel = shared_by(team);
  step_at(0, state.arena().trainable, state, rule, info, gradient);
}

void UpdatePass::step_tensors(Team& team, State& state, const UpdateRule& rule,
                              const StepInfo& info, float* gradient) {
  for_each_trained(team, state, [&](std::size_t p, const Parallel& parallel) {
    const TermContext matrix = term_context(state, p, 0);
    StepInfo own = info;
    own.learning_rate = rule.rate_of(p);
    own.role = state.parameters()[p].spec.role;
    own.rows = matrix.rows;
    own.columns = matrix.columns;
    own.parallel = parallel;
    step_at(state.arena().offsets[p], padded(state.arena().sizes[p]), state, rule, own, gradient);
  });
}

void UpdatePass::step_at(std::size_t offset, std::size_t count, State& state,
                         const UpdateRule& rule, StepInfo info, float* gradient) {
  std::vector<float*> slots;
  for (int s = 0; s < rule.optimizer->slots(); ++s) {
    slots.push_back(state.slot_arenas()[static_cast<std::size_t>(s)].data() + offset);
  }
  info.weights = state.weight_arena().data() + offset;
  float* metric = rule.optimizer->has_metric() ? metrics_.data() + offset : nullptr;
  rule.optimizer->step(info, count, gradient + offset, slots.data(), steps_.data() + offset,
                       metric);
}

void UpdatePass::update_whole(Team& team, State& state, const UpdateRule& rule,
                              const StepInfo& info, float* gradient, float scale) {
  for (Buffer<float>* arena : {&steps_, &metrics_, &before_}) {
    if (arena->size() == 0) *arena = Buffer<float>(state.arena().trainable);
  }
  const auto place_of = [&](const Run& run) {
    return Place{gradient + run.offset, steps_.data() + run.offset, metrics_.data() + run.offset,
                 before_.data() + run.offset};
  };
  for_each_run(team, state, [&](std::size_t r) {
    penalise(runs_[r], norms_[r], state, rule, place_of(runs_[r]), scale);
  });
  if (rule.optimizer->scope() == Scope::model) {
    step_model(team, state, rule, info, gradient);
  } else {
    step_tensors(team, state, rule, info, gradient);
  }
  for_each_run(team, state, [&](std::size_t r) {
    const Run& run = runs_[r];
    descend(run, norms_[r], state, rule, place_of(run));
    if (float* metric = terms_.metric(run.parameter, run.offset)) {
      std::copy_n(metrics_.data() + run.offset, run.count, metric);
    }
    if (float* before = terms_.before(run.parameter, run.offset)) {
      std::copy_n(before_.data() + run.offset, run.count, before);
    }
  });
}

}  // namespace ridgeline::engine
