#include "cli/setup.hpp"

#include <fmt/ranges.h>

#include "cli/results.hpp"
#include "cli/table.hpp"
#include "experiment/file.hpp"
#include "ridgeline/error.hpp"
#include "train/load_weights.hpp"

namespace ridgeline::cli {
std::vector<Positional> experiment_positionals() {
  return {{"EXPERIMENT.toml", "the experiment; without one, the defaults", false},
          {"key=value", "sets any key of it: train.epochs=5 regularize.l2=1e-3", false, true}};
}

Network named_network(const std::string& name, std::int64_t classes) {
  if (!name.ends_with(".toml")) return preset(name, classes);
  return experiment::build_network(experiment::read(name), classes);
}

ExperimentWords experiment_words(const Arguments& arguments) {
  ExperimentWords words{{}, arguments.positionals()};
  auto& overrides = words.overrides;
  if (!overrides.empty() && overrides.front().find('=') == std::string::npos) {
    words.file = overrides.front();
    overrides.erase(overrides.begin());
  }
  for (const std::string& word : overrides) {
    if (word.find('=') != std::string::npos || !word.ends_with(".toml")) continue;
    throw UsageError(words.file.empty()
                         ? fmt::format("{0} must stand before key=value: the experiment file comes "
                                       "first",
                                       word)
                         : fmt::format("there is one experiment file: {}, and {} is a second one",
                                       words.file.string(), word));
  }
  return words;
}

experiment::Experiment read_record(const std::filesystem::path& folder,
                                   const ExperimentWords& words, const Resuming& resuming) {
  if (!words.file.empty()) {
    throw UsageError(fmt::format("--resume goes on with the folder's own {}: leave {} out",
                                 record_name, words.file.string()));
  }
  if (!std::filesystem::exists(folder / record_name)) {
    throw UsageError(fmt::format("--resume needs the folder of a run or study: {} holds no {}",
                                 folder.string(), record_name));
  }
  for (const std::string& word : words.overrides) {
    if (!experiment::sets(word, resuming.folder_key)) continue;
    throw UsageError(
        fmt::format("{} has no effect with --resume, which goes on in {}: leave it out",
                    resuming.folder_key, folder.string()));
  }
  return experiment::read(folder / record_name, words.overrides, resuming.command);
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
  if (data.source == "idx" && data.path.empty()) {
    throw UsageError(
        "data.source = \"idx\" needs data.path: the folder of train-images-idx3-ubyte and "
        "train-labels-idx1-ubyte");
  }
  const auto* validation = std::get_if<std::string>(&data.validation);
  if (validation && *validation != "test" && !std::filesystem::exists(*validation)) {
    throw UsageError(fmt::format(
        "data.validation must be a fraction, \"test\" or a folder, and there is no folder \"{}\"",
        *validation));
  }
  if (!data.test.empty() && data.test != "test" && data.test != "none" &&
      !std::filesystem::exists(data.test)) {
    throw UsageError(fmt::format(
        "data.test must be \"test\", \"none\" or a folder, and there is no folder \"{}\"",
        data.test));
  }
  data.path = std::filesystem::absolute(locate(data.source, data.path)).string();
  experiment::Images images = experiment::load_images(experiment);
  if (images.train.has_classes() && images.train.classes() == 1) {
    throw DataError(fmt::format(
        "{}: all images are of only one class, which leaves nothing to learn", data.path));
  }
  return images;
}

void settle_weights(experiment::Experiment& experiment, const experiment::Images& images,
                    Console& console) {
  std::string& weights = experiment.model.weights;
  if (weights.empty()) return;
  weights = std::filesystem::absolute(model_file(weights)).string();
  const Network network = experiment::build_network(experiment, images.train.classes());
  const LoadedWeights match = train::match_weights(
      interop::Safetensors::read(weights), infer(network, images.train.image_shape()).parameters);
  const auto left = match.left.empty()
                        ? std::string()
                        : fmt::format("; not taken: {}", fmt::join(match.left, ", "));
  console.note(fmt::format("{} from {}{}",
                           counted(static_cast<std::int64_t>(match.taken.size()), "parameter"),
                           weights, left));
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
