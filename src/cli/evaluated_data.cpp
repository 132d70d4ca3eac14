#include "cli/evaluated_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/data_words.hpp"
#include "cli/setup.hpp"
#include "experiment/build.hpp"
#include "experiment/codec.hpp"
#include "experiment/file.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::cli {
namespace {

using experiment::Experiment;
using Words = std::vector<std::string>;

constexpr std::array<std::string_view, 10> of_preparation{
    "data.size",    "data.resize",   "data.crop_share", "data.filter",      "data.channels",
    "data.augment", "data.sampling", "data.cache",      "data.cache_limit", "data.cache_path"};

bool sets_key(const Words& words, std::string_view key) {
  return std::ranges::any_of(words,
                             [&](const std::string& word) { return experiment::sets(word, key); });
}

/// Holds out what a fraction of the training images was held out in training.
DataParts parts_of(const Experiment& experiment, const experiment::Images& images, bool split) {
  DataParts parts(TrainTest{images.train, images.test});
  parts.validation = images.validation;
  const auto* fraction = std::get_if<double>(&experiment.data.validation);
  if (split && fraction && *fraction > 0 && images.validation.empty()) {
    const auto seed = static_cast<std::uint64_t>(experiment.train.seed);
    const Split both = stratified_split(images.train, *fraction, seed);
    parts.train = both.train;
    parts.validation = both.validation;
  }
  return parts;
}

EvaluatedData data_of_run(const std::filesystem::path& model, const Words& words) {
  const std::filesystem::path record = model.parent_path() / record_name;
  if (!std::filesystem::exists(record)) {
    throw UsageError(fmt::format(
        "{} is not in the folder of a run, whose record would name the data: say which with --data "
        "DATA",
        model.string()));
  }
  if (model.parent_path().filename().string().starts_with("fold-")) {
    throw UsageError(fmt::format(
        "{} is of one fold of a selection, whose images no record names: evaluate the refit, or "
        "say which images with --data DATA",
        model.string()));
  }
  Experiment experiment = experiment::read(record, words);
  // Test images can be evaluated even if the run did not use them, or used them for validation.
  if (experiment.data.test == "none") experiment.data.test.clear();
  const auto validation = experiment.data.validation;
  if (validation == decltype(validation)("test")) experiment.data.validation = 0.0;
  experiment.data.validation_given.value = true;
  const experiment::Images images = experiment::load_images(experiment);
  return {parts_of(experiment, images, true), experiment.data.on_error};
}

}  // namespace

Words data_keys(const Arguments& arguments) {
  Words words(arguments.positionals().begin() + 1, arguments.positionals().end());
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) {
      throw UsageError(fmt::format("'{}' is one argument too many for 'ridgeline evaluate'", word));
    }
    const std::string key = word.substr(0, equals);
    if (std::ranges::find(of_preparation, key) != of_preparation.end()) {
      throw UsageError(
          fmt::format("{} has no effect on ridgeline evaluate: it reads each image once, as the "
                      "model file says",
                      key));
    }
    if (!key.starts_with("data.")) {
      throw UsageError(fmt::format(
          "{} has no effect on ridgeline evaluate, which takes only keys of [data]", key));
    }
  }
  if (const auto path = arguments.option("--path")) {
    words.push_back("data.path=" + experiment::to_toml(experiment::encode(*path)));
  }
  return words;
}

EvaluatedData evaluated_data(const std::optional<std::string>& named, const Words& words,
                             const std::filesystem::path& model, Console& console) {
  if (!named && !sets_key(words, "data.source")) return data_of_run(model, words);
  const NamedData data = named_data(named.value_or(""), words);
  for (const std::string& note : data.images.notes) console.note(note);
  return {parts_of(data.experiment, data.images, sets_key(words, "data.validation")),
          data.experiment.data.on_error};
}

Dataset prepared(const Dataset& data, const ModelOptions& model) {
  if (data.preprocessing() || data.image_shape() == model.input || model.input.rank() != 3) {
    return data;
  }
  const bool any_size = model.preprocessing && model.preprocessing->resize != "none";
  if (any_size) return data.fitted(*model.preprocessing);
  if (data.image_shape().rank() > 0) return data;  // one size, but another one than the model's
  // If all training images had one size, other sizes are squashed, as in `predict`.
  return data.fitted({model.input[1], model.input[2], model.input[0], "squash"});
}

}  // namespace ridgeline::cli
