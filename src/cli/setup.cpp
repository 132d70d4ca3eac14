#include "cli/setup.hpp"

#include <fmt/format.h>

#include "cli/table.hpp"

namespace ridgeline::cli {
namespace {

std::string size(const Dataset& set) {
  return count(static_cast<std::int64_t>(set.size()));
}

}  // namespace

std::vector<Positional> experiment_positionals() {
  return {{"EXPERIMENT.toml", "the experiment; without one, the defaults", false},
          {"key=value", "sets any key of it: train.epochs=5 regularize.l2=1e-3", false, true}};
}

ExperimentWords experiment_words(const Arguments& arguments) {
  ExperimentWords words{{}, arguments.positionals()};
  auto& overrides = words.overrides;
  if (!overrides.empty() && overrides.front().find('=') == std::string::npos) {
    words.file = overrides.front();
    overrides.erase(overrides.begin());
  }
  return words;
}

experiment::Images load_images(experiment::Experiment& experiment) {
  auto& data = experiment.data;
  data.path = std::filesystem::absolute(locate(data.source, data.path)).string();
  return experiment::load_images(experiment);
}

std::string describe(const experiment::Experiment& experiment, const experiment::Images& images) {
  std::string sets = fmt::format("{} training images", size(images.train));
  const auto* share = std::get_if<double>(&experiment.data.validation);
  if (share && *share > 0) sets += fmt::format(" ({:.3g} % of them for validation)", 100 * *share);
  if (!share) sets += fmt::format(", {} for validation", size(images.validation));
  if (!images.test.empty()) sets += fmt::format(", {} for the test", size(images.test));
  return fmt::format("{} from {}\n{}\n", experiment.data.source, experiment.data.path, sets);
}

}  // namespace ridgeline::cli
