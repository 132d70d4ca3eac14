#include "train/finite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "data/sampling.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::train {
namespace {

// The index of the first number that is not finite, or the count.
std::size_t place(std::span<const float> values) {
  const auto bad = std::ranges::find_if_not(values, [](float v) { return std::isfinite(v); });
  return static_cast<std::size_t>(bad - values.begin());
}

std::size_t number_of(const engine::Batch& batch, std::size_t image, std::size_t first) {
  return batch.ids.empty() ? first + image : data::image_of(batch.ids[image]);
}

}  // namespace

const char* in_words(double value) {
  return std::isnan(value) ? "nan" : "infinite";
}

std::optional<std::string> not_finite(const engine::State& state) {
  for (std::size_t p = 0; p < state.parameters().size(); ++p) {
    const std::span<const float> values = state.weights(p);
    const std::size_t bad = place(values);
    if (bad == values.size()) continue;
    return fmt::format("{} is {}", state.parameters()[p].name, in_words(values[bad]));
  }
  return std::nullopt;
}

void check_pixels(const ModelCore& core, const engine::Batch& batch, std::size_t first) {
  const std::size_t bad = place(batch.inputs);
  if (bad == batch.inputs.size()) return;
  const auto size = static_cast<std::size_t>(core.options.input.elements());
  throw DataError(fmt::format("image {} has a pixel that is {}: pixels are numbers from 0 to 1",
                              number_of(batch, bad / size, first), in_words(batch.inputs[bad])));
}

void check_outputs(const ModelCore& core, const engine::Batch& batch,
                   std::span<const float> outputs, std::size_t first) {
  const std::size_t bad = place(outputs);
  if (bad == outputs.size()) return;
  check_pixels(core, batch, first);
  const auto width = static_cast<std::size_t>(core.outputs());
  const auto cause = not_finite(core.state);
  throw DivergedError(fmt::format("image {} has an output that is {}: {}",
                                  number_of(batch, bad / width, first), in_words(outputs[bad]),
                                  cause ? *cause : std::string(overflow)));
}

}  // namespace ridgeline::train
