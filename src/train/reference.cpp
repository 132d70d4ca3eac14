#include "train/reference.hpp"

#include <algorithm>

namespace ridgeline::train {
namespace {

constexpr std::string_view prefix = "reference/";

// Calls use(parameter, its numbers in the arena) for each that is trained.
template <typename Arena, typename Use>
void for_each(Arena& arena, const engine::State& state, Use use) {
  for (std::size_t p = 0; p < state.parameters().size(); ++p) {
    const Parameter& parameter = state.parameters()[p];
    if (parameter.spec.role == Role::statistic) continue;
    use(parameter, arena.span().subspan(state.arena().offsets[p], state.arena().sizes[p]));
  }
}

}  // namespace

bool is_reference(std::string_view tensor) {
  return tensor.starts_with(prefix);
}

void add_reference(interop::SafetensorsWriter& file, const engine::State& state) {
  if (state.reference_arena().size() == 0) return;
  for_each(state.reference_arena(), state, [&](const Parameter& parameter, auto numbers) {
    file.add(std::string(prefix) + parameter.name, parameter.spec.shape, numbers);
  });
}

void read_reference(const interop::Safetensors& file, engine::State& state) {
  const auto is_one = [](const auto& tensor) { return is_reference(tensor.first); };
  if (std::ranges::none_of(file.tensors(), is_one)) return;
  state.keep_reference();
  for_each(state.reference_arena(), state, [&](const Parameter& parameter, auto numbers) {
    file.copy(std::string(prefix) + parameter.name, numbers);
  });
}

}  // namespace ridgeline::train
