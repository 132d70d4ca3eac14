#include "cli/setup.hpp"

#include <fmt/ranges.h>

#include "cli/results.hpp"
#include "cli/table.hpp"
#include "experiment/file.hpp"
#include "ridgeline/error.hpp"
#include "select/study.hpp"
#include "train/load_weights.hpp"

namespace ridgeline::cli {

std::vector<Positional> experiment_positionals() {
  return {{"EXPERIMENT.toml", "the experiment; without one, the defaults", false},
          {"key=value", "sets any key of it: train.epochs=5 regularize.l2=1e-3", false, true}};
}

Network named_network(const std::string& name, std::int64_t classes) {
  if (!name.ends_with(".toml")) return preset(name, classes);
  return experiment::build_network(experiment::read(name), experiment::numbered_classes(classes));
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
                         ? fmt::format("{0} must come before key=value: the experiment file comes "
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
    throw UsageError(fmt::format("--resume continues with the folder's own {}: leave {} out",
                                 record_name, words.file.string()));
  }
  if (!std::filesystem::exists(folder / record_name)) {
    throw UsageError(fmt::format("--resume needs the folder of a run or study: {} holds no {}",
                                 folder.string(), record_name));
  }
  for (const std::string& word : words.overrides) {
    if (!experiment::sets(word, resuming.folder_key)) continue;
    throw UsageError(
        fmt::format("{} has no effect with --resume, which continues in {}: leave it out",
                    resuming.folder_key, folder.string()));
  }
  return experiment::read(folder / record_name, words.overrides, resuming.command);
}

bool holds_study(const std::filesystem::path& folder) {
  return selection::Study::exists(folder);
}

std::filesystem::path whole_study(const std::filesystem::path& folder) {
  const std::filesystem::path outer = std::filesystem::absolute(folder / "..").lexically_normal();
  const bool is_outer = outer.parent_path().filename() == "outer";
  const std::filesystem::path above = (folder / "../..").lexically_normal();
  const std::filesystem::path whole = above.has_filename() ? above : above.parent_path();
  return is_outer && holds_study(whole) ? whole : folder;
}

experiment::Images load_images(experiment::Experiment& experiment) {
  auto& data = experiment.data;
  if (data.source == "idx" && data.path.empty()) {
    throw UsageError(
        "data.source = \"idx\" needs data.path: the folder of train-images-idx3-ubyte and "
        "train-labels-idx1-ubyte");
  }
  const auto* validation = std::get_if<std::string>(&data.validation);
  const bool part = validation && (*validation == "val" || *validation == "test");
  if (validation && !part && !std::filesystem::exists(*validation)) {
    throw UsageError(
        fmt::format("data.validation must be a fraction, \"val\", \"test\" or a folder, and there "
                    "is no folder \"{}\"",
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
  experiment::settle(experiment, images);
  if (images.train.has_classes() && images.train.classes() == 1) {
    throw DataError(fmt::format(
        "{}: all images are of only one class, which leaves nothing to learn", data.path));
  }
  if (experiment.model.layers.empty()) {
    check_preset_input(experiment.model.preset, images.train.image_shape());
  }
  return images;
}

void settle_weights(experiment::Experiment& experiment, const experiment::Images& images,
                    Console& console) {
  std::string& weights = experiment.model.weights;
  if (weights.empty()) return;
  weights = std::filesystem::absolute(model_file(weights)).string();
  const Network network = experiment::build_network(experiment, images.train.schema());
  const LoadedWeights match = train::match_weights(
      train::read_weights(weights), infer(network, images.train.image_shape()).parameters);
  const auto left = match.left.empty()
                        ? std::string()
                        : fmt::format("; not taken: {}", fmt::join(match.left, ", "));
  const auto naming = match.naming.empty() ? std::string() : fmt::format(" by {}", match.naming);
  console.note(fmt::format("{} from {}{}{}",
                           counted(static_cast<std::int64_t>(match.taken.size()), "parameter"),
                           weights, naming, left));
}

namespace {

/// A sentence on the classes without a training image; empty if every class has one. This is not an
/// error, since labels may have gaps (letters that begin at 1, a choice of digits). But a label
/// that is not a class, such as 255 for "void", makes all smaller numbers classes.
std::string classes_without_images(const Dataset& train) {
  if (!train.has_classes()) return {};
  std::vector<bool> seen(train.names().size());
  for (std::size_t i = 0; i < train.size(); ++i)
    seen[static_cast<std::size_t>(train.label(i))] = true;
  std::vector<std::string> missing;
  for (std::size_t c = 0; c < seen.size(); ++c) {
    if (!seen[c]) missing.push_back(train.names()[c]);
  }
  if (missing.empty()) return {};
  const std::size_t count = missing.size();
  if (count > 5) missing = {missing[0], missing[1], missing[2], "...", missing.back()};
  const std::string& largest = train.names().back();
  const bool numbered = largest == std::to_string(seen.size() - 1);
  return fmt::format("{} of {} classes have no training image: {}{}\n", count, seen.size(),
                     fmt::join(missing, ", "),
                     numbered ? fmt::format(" (each label up to the largest, {}, is a class: check "
                                            "that this one is right)",
                                            largest)
                              : std::string());
}

}  // namespace

std::string describe(const experiment::Experiment& experiment, const experiment::Images& images,
                     std::string_view validation) {
  const auto size = [](const Dataset& set) { return count(static_cast<std::int64_t>(set.size())); };
  return fmt::format("{} from {}\n{} training images{}{}\n", experiment.data.source,
                     experiment.data.path, size(images.train), validation,
                     images.test.empty() ? std::string()
                                         : fmt::format(", {} for the test", size(images.test))) +
         classes_without_images(images.train);
}

}  // namespace ridgeline::cli
