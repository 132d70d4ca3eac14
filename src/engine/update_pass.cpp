#include "engine/update_pass.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/kernels/update_kernels.hpp"

namespace ridgeline::engine {
namespace {

constexpr std::size_t run_length = 1024;
constexpr std::size_t vector_length = 16;
constexpr std::size_t most_slots = 8;

// Leaves the sum over arenas of a run in the first of them.
float* sum_shards(std::span<float* const> arenas, std::size_t offset, std::size_t count) {
  for (std::size_t stride = 1; stride < arenas.size(); stride *= 2) {
    for (std::size_t i = 0; i + stride < arenas.size(); i += 2 * stride) {
      kernels::add(arenas[i] + offset, arenas[i + stride] + offset, count);
    }
  }
  return arenas[0] + offset;
}

// What a parameter contributes to the objective.
double penalty_of(const Penalty& p, double square, double absolute) {
  return p.l2 / 2 * square + p.l1 * absolute;
}

}  // namespace

UpdatePass::UpdatePass(const State& state) {
  const ArenaLayout& arena = state.arena();
  for (std::size_t p = 0; p < arena.sizes.size(); ++p) {
    if (arena.offsets[p] >= arena.trainable) continue;
    const std::size_t padded = (arena.sizes[p] + vector_length - 1) / vector_length * vector_length;
    for (std::size_t begin = 0; begin < padded; begin += run_length) {
      runs_.push_back({p, arena.offsets[p] + begin, std::min(run_length, padded - begin)});
    }
  }
  sums_.resize(runs_.size());
}

template <typename F>
void UpdatePass::for_each_run(Team& team, F work) {
  const auto threads = static_cast<std::size_t>(team.size());
  team.run([&](int thread) {
    const auto t = static_cast<std::size_t>(thread);
    for (std::size_t r = runs_.size() * t / threads; r < runs_.size() * (t + 1) / threads; ++r) {
      work(r);
    }
  });
}

void UpdatePass::collect(Team& team, std::span<float* const> gradients, float* total, bool add) {
  for_each_run(team, [&](std::size_t r) {
    const auto [parameter, offset, count] = runs_[r];
    const float* sum = sum_shards(gradients, offset, count);
    if (add) {
      kernels::add(total + offset, sum, count);
    } else if (sum != total + offset) {
      std::copy(sum, sum + count, total + offset);
    }
  });
}

void UpdatePass::update_run(std::size_t r, State& state, const UpdateRule& rule,
                            const StepInfo& info, float* gradient, float scale) {
  alignas(64) std::array<float, run_length> step, metric, before;
  std::array<float*, most_slots> slots{};
  const auto [parameter, offset, count] = runs_[r];
  const Penalty& penalty = rule.penalties[parameter];
  float* weights = state.weight_arena().data() + offset;
  for (int s = 0; s < rule.optimizer->slots(); ++s) {
    slots[static_cast<std::size_t>(s)] =
        state.slot_arenas()[static_cast<std::size_t>(s)].data() + offset;
  }
  sums_[r].gradient_square = kernels::square_sum(gradient, count);
  sums_[r].weight_square = kernels::square_sum(weights, count);
  sums_[r].weight_absolute = penalty.l1 > 0 ? kernels::absolute_sum(weights, count) : 0;
  std::copy(weights, weights + count, before.data());
  kernels::penalise(gradient, weights, count, scale, static_cast<float>(rule.clip_value),
                    static_cast<float>(penalty.l2));
  rule.optimizer->step(info, count, gradient, slots.data(), step.data(),
                       penalty.l1 > 0 ? metric.data() : nullptr);
  kernels::descend(weights, step.data(), count,
                   static_cast<float>(1 - rule.learning_rate * penalty.decay));
  if (penalty.l1 > 0) {
    kernels::shrink(weights, metric.data(), count, static_cast<float>(penalty.l1));
  }
  sums_[r].update_square = kernels::distance_square(weights, before.data(), count);
}

UpdateReport UpdatePass::run(Team& team, State& state, const UpdateRule& rule,
                             std::span<float* const> gradients) {
  const StepInfo info{rule.learning_rate, ++state.step};
  state.require_slots(rule.optimizer->slots());
  std::fill(sums_.begin(), sums_.end(), Sums{});
  float scale = 1;
  if (rule.clip_norm > 0) {
    for_each_run(team, [&](std::size_t r) {
      if (state.frozen[runs_[r].parameter]) return;
      sums_[r].gradient_square = kernels::square_sum(
          sum_shards(gradients, runs_[r].offset, runs_[r].count), runs_[r].count);
    });
    double square = 0;
    for (const Sums& s : sums_) square += s.gradient_square;
    if (square > rule.clip_norm * rule.clip_norm) {
      scale = static_cast<float>(rule.clip_norm / std::sqrt(square));
    }
    gradients = gradients.first(1);
  }
  for_each_run(team, [&](std::size_t r) {
    if (state.frozen[runs_[r].parameter]) return;
    float* gradient = sum_shards(gradients, runs_[r].offset, runs_[r].count);
    update_run(r, state, rule, info, gradient, scale);
  });
  state.touch();
  return report(state, rule);
}

UpdateReport UpdatePass::report(const State& state, const UpdateRule& rule) const {
  UpdateReport result;
  result.parameters.resize(state.parameters().size());
  double gradient_square = 0;
  for (std::size_t r = 0; r < runs_.size(); ++r) {
    ParameterReport& p = result.parameters[runs_[r].parameter];
    p.weight_square += sums_[r].weight_square;
    p.weight_absolute += sums_[r].weight_absolute;
    p.gradient_square += sums_[r].gradient_square;
    p.update_square += sums_[r].update_square;
    gradient_square += sums_[r].gradient_square;
  }
  double shrink_square = 0;
  for (std::size_t p = 0; p < result.parameters.size(); ++p) {
    const ParameterReport& sums = result.parameters[p];
    const double shrink = rule.learning_rate * rule.penalties[p].decay;
    result.penalty += penalty_of(rule.penalties[p], sums.weight_square, sums.weight_absolute);
    shrink_square += shrink * shrink * sums.weight_square;
  }
  result.gradient_norm = std::sqrt(gradient_square);
  result.decay_shrink = std::sqrt(shrink_square);
  return result;
}

double penalty(const State& state, const std::vector<Penalty>& penalties) {
  double total = 0;
  for (std::size_t p = 0; p < penalties.size(); ++p) {
    if (state.frozen[p] || state.arena().offsets[p] >= state.arena().trainable) continue;
    const float* weights = state.weights(p).data();
    const std::size_t padded =
        (state.arena().sizes[p] + vector_length - 1) / vector_length * vector_length;
    total += penalty_of(penalties[p], kernels::square_sum(weights, padded),
                        kernels::absolute_sum(weights, padded));
  }
  return total;
}

}  // namespace ridgeline::engine
