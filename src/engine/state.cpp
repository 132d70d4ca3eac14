#include "engine/state.hpp"

#include <algorithm>

namespace ridgeline::engine {
ArenaLayout arena_layout(const std::vector<Parameter>& parameters) {
  ArenaLayout layout;
  layout.offsets.resize(parameters.size());
  layout.sizes.resize(parameters.size());
  for (const bool statistics : {false, true}) {
    for (std::size_t p = 0; p < parameters.size(); ++p) {
      if ((parameters[p].spec.role == Role::statistic) != statistics) continue;
      layout.sizes[p] = static_cast<std::size_t>(parameters[p].spec.shape.elements());
      layout.offsets[p] = layout.total;
      layout.total += padded(layout.sizes[p]);
    }
    if (!statistics) layout.trainable = layout.total;
  }
  return layout;
}

State::State(std::vector<Parameter> parameters)
    : frozen(parameters.size(), false),
      parameters_(std::move(parameters)),
      arena_(arena_layout(parameters_)),
      weights_(arena_.total),
      gradient_(arena_.trainable) {}

State State::copy() const {
  State other(parameters_);
  other.step = step;
  other.frozen = frozen;
  other.weights_ = weights_.copy();
  other.gradient_ = gradient_.copy();
  other.memory = memory;
  other.reference_ = reference_.copy();
  for (const auto& slot : slots_) other.slots_.push_back(slot.copy());
  return other;
}

void State::keep_reference() {
  if (reference_.size() > 0) return;
  reference_ = Buffer<float>(arena_.trainable);
  std::copy_n(weights_.data(), arena_.trainable, reference_.data());
}

std::span<float> State::weights(std::size_t p) {
  return {weights_.data() + arena_.offsets.at(p), arena_.sizes.at(p)};
}

std::span<const float> State::weights(std::size_t p) const {
  return {weights_.data() + arena_.offsets.at(p), arena_.sizes.at(p)};
}

std::span<float> State::slot(int slot, std::size_t p) {
  auto& arena = slots_.at(static_cast<std::size_t>(slot));
  return {arena.data() + arena_.offsets.at(p), arena_.sizes.at(p)};
}

std::span<const float> State::slot(int slot, std::size_t p) const {
  const auto& arena = slots_.at(static_cast<std::size_t>(slot));
  return {arena.data() + arena_.offsets.at(p), arena_.sizes.at(p)};
}

void State::require_slots(int count) {
  while (slots() < count) slots_.emplace_back(arena_.trainable);
}

}  // namespace ridgeline::engine
