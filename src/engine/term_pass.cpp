#include "engine/term_pass.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/kernels/shared_runs.hpp"
#include "engine/spread.hpp"

namespace ridgeline::engine {
namespace {

void require(Buffer<float>& arena, std::size_t size) {
  if (arena.size() < size) arena = Buffer<float>(size);
}

// The memory of a term for a parameter, initially zeros.
std::span<double> memory_of(State& state, const MatrixTerm& term, std::size_t parameter,
                            const TermContext& context) {
  const std::size_t size = term.memory(context.rows, context.columns);
  if (size == 0) return {};
  auto& numbers =
      state.memory[fmt::format("{}/{}", term.name(), state.parameters()[parameter].name)];
  numbers.resize(size);
  return numbers;
}

}  // namespace

TermContext term_context(const State& state, std::size_t parameter, double strength) {
  const ParameterSpec& spec = state.parameters()[parameter].spec;
  const std::int64_t rows = spec.role == Role::kernel ? spec.shape[0] : 1;
  const float* reference = state.reference_arena().size() > 0
                               ? state.reference_arena().data() + state.arena().offsets[parameter]
                               : nullptr;
  return {.rows = rows,
          .columns = spec.shape.elements() / std::max<std::int64_t>(rows, 1),
          .strength = strength,
          .reference = reference};
}

void TermPass::begin(Team& team, State& state, const UpdateRule& rule) {
  active_ = !rule.terms.empty();
  if (!active_) return;
  terms_.assign(state.parameters().size(), {});
  needs_.assign(terms_.size(), {});
  effects_.assign(terms_.size(), {});
  Needs any;
  for (std::size_t p = 0; p < rule.terms.size(); ++p) {
    if (state.frozen[p]) continue;
    for (const auto& [term, strength] : rule.terms[p]) {
      TermContext context = term_context(state, p, strength);
      context.memory = memory_of(state, *term, p, context);
      terms_[p].push_back({term, context});
      Needs& needs = needs_[p];
      any.gradient |= needs.gradient |= term->has_gradient();
      any.metric |= needs.metric |= term->wants_metric();
      any.map |= needs.map |= term->has_map();
    }
  }
  const std::size_t size = state.arena().trainable;
  if (any.gradient) require(gradient_, size);
  if (any.metric) require(metric_, size);
  if (any.map) {
    require(before_, size);
    require(unmapped_, size);
  }
  for_each_trained(team, state, [&](std::size_t p, const Parallel& parallel) {
    const float* weights = state.weights(p).data();
    const std::size_t offset = state.arena().offsets[p], count = padded(state.arena().sizes[p]);
    float* gradient = needs_[p].gradient ? gradient_.data() + offset : nullptr;
    if (gradient != nullptr) std::fill_n(gradient, count, 0.0F);
    for (Term& term : terms_[p]) {
      term.context.parallel = parallel;
      effects_[p].value += term.term->has_gradient()
                               ? term.term->add_gradient(term.context, weights, gradient)
                               : term.term->value(term.context, weights);
    }
    if (gradient != nullptr) {
      effects_[p].gradient_square = kernels::square_sum(parallel, gradient, count);
    }
  });
}

bool TermPass::finish(Team& team, State& state) {
  const bool any = active_ && std::ranges::any_of(needs_, &Needs::map);
  if (!any) return false;
  for_each_trained(team, state, [&](std::size_t p, const Parallel& parallel) {
    if (!needs_[p].map) return;
    const std::size_t offset = state.arena().offsets[p], count = padded(state.arena().sizes[p]);
    float *weights = state.weights(p).data(), *unmapped = unmapped_.data() + offset;
    std::copy_n(weights, count, unmapped);
    for (const Term& term : terms_[p]) {
      if (term.term->has_map()) term.term->map(term.context, metric(p, offset), weights);
    }
    effects_[p].moved_square = kernels::distance_square(parallel, weights, unmapped, count);
  });
  return true;
}

}  // namespace ridgeline::engine
