// What the tasks share.

#include <algorithm>
#include <numeric>

#include "options/check.hpp"
#include "tasks/tasks.hpp"

namespace ridgeline::tasks {

std::string name_of(std::span<const std::string> names, std::size_t i) {
  return i < names.size() ? names[i] : std::to_string(i);
}

std::vector<Prediction> ordered(std::span<const float> probabilities,
                                std::span<const std::string> names, int top) {
  std::vector<std::int32_t> order(probabilities.size());
  std::iota(order.begin(), order.end(), 0);
  const auto probability = [&](std::int32_t label) {
    return probabilities[static_cast<std::size_t>(label)];
  };
  std::ranges::stable_sort(order, std::greater<>(), probability);
  if (order.size() > static_cast<std::size_t>(top)) order.resize(static_cast<std::size_t>(top));
  std::vector<Prediction> predictions;
  for (const std::int32_t label : order) {
    predictions.push_back(
        {label, name_of(names, static_cast<std::size_t>(label)), probability(label)});
  }
  return predictions;
}

void check_width(std::string_view what, std::string_view things, const TargetSchema& schema,
                 std::span<const OutputSpec> outputs) {
  const auto wanted = static_cast<std::int64_t>(schema.names.size());
  const OutputSpec& output = outputs[0];
  require(output.shape.elements() == wanted,
          "the {} have {} {}, but {} gives {} outputs: it must give {}, as dense with "
          "units = {} does",
          what, wanted, things, output.name, output.shape.elements(), wanted, wanted);
}

}  // namespace ridgeline::tasks
