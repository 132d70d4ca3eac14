#include "cli/setup.hpp"

#include <fmt/format.h>

#include "cli/table.hpp"
#include "experiment/file.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::cli {
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

experiment::Experiment read_record(const std::filesystem::path& folder,
                                   const ExperimentWords& words) {
  if (!words.file.empty()) {
    throw UsageError(fmt::format("--resume goes on with the folder's own {}: leave {} out",
                                 record_name, words.file.string()));
  }
  if (!std::filesystem::exists(folder / record_name)) {
    throw UsageError(fmt::format("--resume needs the folder of a run or study: {} holds no {}",
                                 folder.string(), record_name));
  }
  return experiment::read(folder / record_name, words.overrides);
}

bool holds_run(const std::filesystem::path& folder) {
  return std::filesystem::exists(folder / "history.csv") ||
         std::filesystem::exists(folder / "checkpoint.safetensors");
}

bool holds_study(const std::filesystem::path& folder) {
  return std::filesystem::exists(folder / "study.sqlite");
}

experiment::Images load_images(experiment::Experiment& experiment) {
  auto& data = experiment.data;
  data.path = std::filesystem::absolute(locate(data.source, data.path)).string();
  return experiment::load_images(experiment);
}

std::string describe(const experiment::Experiment& experiment, const experiment::Images& images,
                     std::string_view validation) {
  const auto size = [](const Dataset& set) { return count(static_cast<std::int64_t>(set.size())); };
  return fmt::format(
      "{} from {}\n{} training images{}{}\n", experiment.data.source, experiment.data.path,
      size(images.train), validation,
      images.test.empty() ? std::string() : fmt::format(", {} for the test", size(images.test)));
}

}  // namespace ridgeline::cli
