// What all losses ask of targets.

#include <cmath>

#include "network/check.hpp"
#include "objective/losses/losses.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::objective {
namespace {

template <typename... Arguments>
void require(bool met, fmt::format_string<Arguments...> sentence, Arguments&&... arguments) {
  if (!met) throw DataError(fmt::format(sentence, std::forward<Arguments>(arguments)...));
}

void check_values(const Targets& targets, std::size_t images, std::int64_t outputs) {
  require(targets.width == outputs,
          "the targets have {} values per image, but the network has {} outputs", targets.width,
          outputs);
  const auto width = static_cast<std::size_t>(targets.width);
  require(targets.values.size() == images * width,
          "there are {} target values for {} images of {} outputs", targets.values.size(), images,
          outputs);
  for (std::size_t i = 0; i < targets.values.size(); ++i) {
    require(std::isfinite(targets.values[i]), "image {} has a target that is not a finite number",
            i / width);
  }
}

}  // namespace

void check_targets(const Targets& targets, std::int64_t images, std::int64_t outputs) {
  const auto count = static_cast<std::size_t>(images);
  if (!targets.values.empty()) return check_values(targets, count, outputs);
  const std::int64_t classes = outputs == 1 ? 2 : outputs;
  require(targets.classes.size() == count, "there are {} labels for {} images",
          targets.classes.size(), images);
  for (std::size_t i = 0; i < count; ++i) {
    const std::int32_t c = targets.classes[i];
    require(c >= 0 && c < classes, "image {} has class {}, but the network knows classes 0 to {}",
            i, c, classes - 1);
  }
}

void check_probabilities(const Targets& targets, std::string_view loss) {
  for (std::size_t i = 0; i < targets.values.size(); ++i) {
    const float v = targets.values[i];
    require(v >= 0 && v <= 1, "image {} has the target {}, but {} takes probabilities, from 0 to 1",
            i / static_cast<std::size_t>(targets.width), v, loss);
  }
}

double target_value(const Targets& targets, std::size_t i, std::size_t outputs) {
  if (!targets.values.empty()) return targets.values[i];
  const std::int32_t wanted = outputs == 1 ? 1 : static_cast<std::int32_t>(i % outputs);
  return targets.classes[i / outputs] == wanted ? 1 : 0;
}

}  // namespace ridgeline::objective
