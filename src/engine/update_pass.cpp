#include "engine/update_pass.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/kernels/update_kernels.hpp"

namespace ridgeline::engine {
namespace {

constexpr std::size_t run_length = 1024;
constexpr std::int64_t panel_rows = 32;  // of a matrix; so each begins at a whole vector
// The cost of updating a number, in images that a product sums over.
constexpr std::size_t update_cost = 48;
constexpr std::size_t most_slots = 8;

// Adds up a run over all arenas, in the first arena.
float* sum_shards(const std::vector<float*>& arenas, std::size_t offset, std::size_t count) {
  for (std::size_t stride = 1; stride < arenas.size(); stride *= 2) {
    for (std::size_t i = 0; i + stride < arenas.size(); i += 2 * stride) {
      kernels::add(arenas[i] + offset, arenas[i + stride] + offset, count);
    }
  }
  return arenas[0] + offset;
}

const Product* find(const Gradients& gradients, std::size_t parameter) {
  const auto found = std::ranges::find(gradients.products, parameter, &Product::parameter);
  return found == gradients.products.end() ? nullptr : &*found;
}

// The penalty of a parameter's weights, without the matrix terms.
double penalty_of(const Penalty& p, double square, double absolute) {
  return p.l2 / 2 * square + p.l1 * absolute;
}

}  // namespace

UpdatePass::UpdatePass(const State& state) {
  const ArenaLayout& arena = state.arena();
  for (std::size_t p = 0; p < arena.sizes.size(); ++p) {
    if (arena.offsets[p] >= arena.trainable) continue;
    const Shape& shape = state.parameters()[p].spec.shape;
    const std::int64_t rows = shape.rank() == 2 ? shape[0] : 1;
    const std::size_t columns = arena.sizes[p] / static_cast<std::size_t>(rows);
    const bool is_matrix = shape.rank() == 2;
    const std::size_t step = is_matrix ? panel_rows * columns : run_length;
    for (std::size_t begin = 0; begin < arena.sizes[p]; begin += step) {
      const std::int64_t row = is_matrix ? static_cast<std::int64_t>(begin / columns) : 0;
      cut(p, arena.offsets[p] + begin, std::min(step, arena.sizes[p] - begin), row,
          std::min<std::int64_t>(panel_rows, rows - row));
    }
  }
  norms_.resize(runs_.size());
}

void UpdatePass::cut(std::size_t parameter, std::size_t offset, std::size_t size, std::int64_t row,
                     std::int64_t rows) {
  const std::size_t count = padded(size);
  const std::size_t first = runs_.size();
  for (std::size_t begin = 0; begin < count; begin += run_length) {
    runs_.push_back({parameter, offset + begin, std::min(run_length, count - begin)});
  }
  panels_.push_back({parameter, offset, count, first, runs_.size(), row, rows});
}

// Calls work(panel, scratch of the thread). Each thread gets neighbouring panels of about the same
// total cost.
template <typename F>
void UpdatePass::for_each_panel(Team& team, const Gradients& gradients, F work) {
  std::vector<std::size_t> cost_before{0};
  std::size_t scratch_size = 0;
  for (const Panel& panel : panels_) {
    std::size_t cost = update_cost;
    if (const Product* product = find(gradients, panel.parameter)) {
      for (const auto& part : product->parts) cost += static_cast<std::size_t>(part.images);
      scratch_size = std::max(scratch_size, panel.count);
    }
    cost_before.push_back(cost_before.back() + cost * panel.count);
  }
  const auto threads = static_cast<std::size_t>(team.size());
  scratch_.resize(threads);
  team.run([&](int thread) {
    const auto t = static_cast<std::size_t>(thread);
    if (scratch_[t].size() < scratch_size) scratch_[t] = Buffer<float>(scratch_size);
    const auto starts_behind = [&](std::size_t share) {
      return std::ranges::lower_bound(cost_before, cost_before.back() * share / threads) -
             cost_before.begin();
    };
    const auto last =
        std::min<std::ptrdiff_t>(starts_behind(t + 1), static_cast<std::ptrdiff_t>(panels_.size()));
    for (auto p = starts_behind(t); p < last; ++p) {
      work(panels_[static_cast<std::size_t>(p)], scratch_[t].data());
    }
  });
}

// The panel's gradient, in `scratch` or in the first arena.
float* UpdatePass::sum(const Panel& panel, const Gradients& gradients, float* scratch) {
  const Product* product = find(gradients, panel.parameter);
  if (product == nullptr) return sum_shards(gradients.arenas, panel.offset, panel.count);
  const std::size_t size = static_cast<std::size_t>(panel.rows * product->inputs);
  kernels::dense_kernel_gradient(
      product->parts, {product->inputs, product->outputs, panel.row, panel.rows}, scratch);
  std::fill(scratch + size, scratch + panel.count, 0.0F);
  return scratch;
}

void UpdatePass::for_each_run(Team& team, const State& state,
                              const std::function<void(std::size_t)>& work) {
  for_each_panel(team, {}, [&](const Panel& panel, float*) {
    if (state.frozen[panel.parameter]) return;
    for (std::size_t r = panel.first_run; r < panel.last_run; ++r) work(r);
  });
}

void UpdatePass::settle(Team& team, Gradients& gradients) {
  for_each_panel(team, gradients, [&](const Panel& panel, float* scratch) {
    float* to = gradients.arenas[0] + panel.offset;
    const float* from = sum(panel, gradients, scratch);
    if (from != to) std::copy_n(from, panel.count, to);
  });
  gradients.arenas.resize(1);
  gradients.products.clear();
}

void UpdatePass::collect(Team& team, const Gradients& gradients, float* total, bool add) {
  for_each_panel(team, gradients, [&](const Panel& panel, float* scratch) {
    const float* from = sum(panel, gradients, scratch);
    if (add) {
      kernels::add(total + panel.offset, from, panel.count);
    } else if (from != total + panel.offset) {
      std::copy_n(from, panel.count, total + panel.offset);
    }
  });
}

void UpdatePass::penalise(const Run& run, Norms& norms, const State& state, const UpdateRule& rule,
                          const Place& place, float scale) {
  const Penalty& penalty = rule.penalties[run.parameter];
  const float* weights = state.weight_arena().data() + run.offset;
  norms.gradient_square = kernels::square_sum(place.gradient, run.count);
  norms.weight_square = kernels::square_sum(weights, run.count);
  norms.weight_absolute = penalty.l1 > 0 ? kernels::absolute_sum(weights, run.count) : 0;
  if (place.before != nullptr) std::copy_n(weights, run.count, place.before);
  kernels::penalise(place.gradient, weights, run.count, scale, static_cast<float>(rule.clip_value),
                    static_cast<float>(penalty.l2));
  if (const float* terms = terms_.gradient(run.parameter, run.offset)) {
    kernels::add(place.gradient, terms, run.count);
  }
}

void UpdatePass::descend(const Run& run, Norms& norms, State& state, const UpdateRule& rule,
                         const Place& place) {
  const Penalty& penalty = rule.penalties[run.parameter];
  float* weights = state.weight_arena().data() + run.offset;
  const auto keep = static_cast<float>(1 - decay_of(rule, run.parameter));
  if (rule.statistics) {
    norms.update_square = kernels::descend_measured(weights, place.step, run.count, keep);
  } else {
    kernels::descend(weights, place.step, run.count, keep);
  }
  if (penalty.l1 == 0) return;
  kernels::shrink(weights, place.metric, run.count, static_cast<float>(penalty.l1));
  if (place.before != nullptr) {
    norms.update_square = kernels::distance_square(weights, place.before, run.count);
  }
}

void UpdatePass::update_run(std::size_t r, State& state, const UpdateRule& rule,
                            const StepInfo& info, float* gradient, float scale) {
  alignas(64) std::array<float, run_length> step, metric, before;
  std::array<float*, most_slots> slots{};
  const Run& run = runs_[r];
  for (int s = 0; s < rule.optimizer->slots(); ++s) {
    slots[static_cast<std::size_t>(s)] =
        state.slot_arenas()[static_cast<std::size_t>(s)].data() + run.offset;
  }
  Place place{gradient, step.data(), terms_.metric(run.parameter, run.offset),
              terms_.before(run.parameter, run.offset)};
  if (rule.penalties[run.parameter].l1 > 0) {
    if (place.metric == nullptr) place.metric = metric.data();
    if (place.before == nullptr && rule.statistics) place.before = before.data();
  }
  penalise(run, norms_[r], state, rule, place, scale);
  StepInfo own = info;
  own.learning_rate = rule.rate_of(run.parameter);
  rule.optimizer->step(own, run.count, gradient, slots.data(), place.step, place.metric);
  descend(run, norms_[r], state, rule, place);
}

// The factor of clipping by norm.
float UpdatePass::clip_scale(Team& team, const State& state, const UpdateRule& rule,
                             Gradients& gradients) {
  if (rule.clip_norm == 0) return 1;
  settle(team, gradients);
  for_each_run(team, state, [&](std::size_t r) {
    const Run& run = runs_[r];
    norms_[r].gradient_square = kernels::square_sum(gradients.arenas[0] + run.offset, run.count);
  });
  double square = 0;
  for (const Norms& norms : norms_) square += norms.gradient_square;
  if (square <= rule.clip_norm * rule.clip_norm) return 1;
  return static_cast<float>(rule.clip_norm / std::sqrt(square));
}

UpdateReport UpdatePass::run(Team& team, State& state, const UpdateRule& rule,
                             Gradients gradients) {
  const StepInfo info{rule.learning_rate, ++state.step};
  state.require_slots(rule.optimizer->slots());
  std::fill(norms_.begin(), norms_.end(), Norms{});
  const float scale = clip_scale(team, state, rule, gradients);
  terms_.begin(team, state, rule);
  if (rule.optimizer->scope() == Scope::element) {
    for_each_panel(team, gradients, [&](const Panel& panel, float* scratch) {
      if (state.frozen[panel.parameter]) return;
      float* gradient = sum(panel, gradients, scratch);
      for (std::size_t r = panel.first_run; r < panel.last_run; ++r) {
        update_run(r, state, rule, info, gradient + (runs_[r].offset - panel.offset), scale);
      }
    });
  } else {
    settle(team, gradients);
    update_whole(team, state, rule, info, gradients.arenas[0], scale);
  }
  if (terms_.finish(team, state) && rule.statistics) {
    for_each_run(team, state, [&](std::size_t r) {
      const Run& run = runs_[r];
      if (const float* before = terms_.before(run.parameter, run.offset)) {
        norms_[r].update_square =
            kernels::distance_square(state.weight_arena().data() + run.offset, before, run.count);
      }
    });
  }
  state.touch();
  return report(state, rule);
}

UpdateReport UpdatePass::report(const State& state, const UpdateRule& rule) const {
  UpdateReport result;
  result.parameters.resize(state.parameters().size());
  double gradient_square = 0;
  for (std::size_t r = 0; r < runs_.size(); ++r) {
    ParameterReport& p = result.parameters[runs_[r].parameter];
    p.weight_square += norms_[r].weight_square;
    p.weight_absolute += norms_[r].weight_absolute;
    p.gradient_square += norms_[r].gradient_square;
    p.update_square += norms_[r].update_square;
    gradient_square += norms_[r].gradient_square;
  }
  double shrink_square = 0;
  for (std::size_t p = 0; p < result.parameters.size(); ++p) {
    ParameterReport& parameter = result.parameters[p];
    parameter.terms = terms_.effects(p);
    const double shrink = decay_of(rule, p);
    result.penalty +=
        penalty_of(rule.penalties[p], parameter.weight_square, parameter.weight_absolute) +
        parameter.terms.value;
    shrink_square += shrink * shrink * parameter.weight_square;
  }
  result.gradient_norm = std::sqrt(gradient_square);
  result.decay_shrink = std::sqrt(shrink_square);
  return result;
}

double penalty(const State& state, const std::vector<Penalty>& penalties,
               const AppliedTerms& terms) {
  double total = 0;
  for (std::size_t p = 0; p < penalties.size(); ++p) {
    if (state.frozen[p] || state.arena().offsets[p] >= state.arena().trainable) continue;
    const float* weights = state.weights(p).data();
    const std::size_t count = padded(state.arena().sizes[p]);
    total += penalty_of(penalties[p], kernels::square_sum(weights, count),
                        kernels::absolute_sum(weights, count));
    if (terms.empty()) continue;
    for (const auto& [term, strength] : terms[p]) {
      total += term->value(term_context(state, p, strength), weights);
    }
  }
  return total;
}

}  // namespace ridgeline::engine
