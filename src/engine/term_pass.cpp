#include "engine/term_pass.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/kernels/update_kernels.hpp"

namespace ridgeline::engine {
namespace {

void require(Buffer<float>& arena, std::size_t size) {
  if (arena.size() < size) arena = Buffer<float>(size);
}

// The memory of a term for a parameter, which begins as zeros.
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

template <typename Work>
void TermPass::for_each(Team& team, Work work) const {
  team.run([&](int thread) {
    const auto threads = static_cast<std::size_t>(team.size());
    for (auto p = static_cast<std::size_t>(thread); p < terms_.size(); p += threads) {
      if (!terms_[p].empty()) work(p, terms_[p]);
    }
  });
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
  if (any.map) require(before_, size);
  for_each(team, [&](std::size_t p, const std::vector<Term>& terms) {
    const float* weights = state.weights(p).data();
    const std::size_t offset = state.arena().offsets[p], count = padded(state.arena().sizes[p]);
    if (needs_[p].gradient) std::fill_n(gradient_.data() + offset, count, 0.0F);
    for (const Term& term : terms) {
      effects_[p].value +=
          term.term->has_gradient()
              ? term.term->add_gradient(term.context, weights, gradient_.data() + offset)
              : term.term->value(term.context, weights);
    }
    if (needs_[p].gradient) {
      effects_[p].gradient_square = kernels::square_sum(gradient_.data() + offset, count);
    }
  });
}

void TermPass::finish(Team& team, State& state) {
  if (!active_) return;
  for_each(team, [&](std::size_t p, const std::vector<Term>& terms) {
    if (!needs_[p].map) return;
    const std::size_t offset = state.arena().offsets[p];
    const std::span<float> weights = state.weights(p);
    const std::vector<float> before(weights.begin(), weights.end());
    for (const Term& term : terms) {
      if (term.term->has_map()) term.term->map(term.context, metric(p, offset), weights.data());
    }
    double square = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
      square += std::pow(static_cast<double>(weights[i]) - before[i], 2);
    }
    effects_[p].moved_square = square;
  });
}

}  // namespace ridgeline::engine
