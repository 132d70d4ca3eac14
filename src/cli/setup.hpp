#pragma once
// From the words `[EXPERIMENT.toml] [key=value ...]` to an experiment and its images: what the
// commands that train begin with.

#include <filesystem>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "experiment/build.hpp"
#include "experiment/needs.hpp"
#include "experiment/train.hpp"

namespace ridgeline::cli {

using experiment::holds_run;
using experiment::record_name;

/// The positionals of such a command, for the table.
std::vector<Positional> experiment_positionals();

struct ExperimentWords {
  std::filesystem::path file;          ///< empty: none
  std::vector<std::string> overrides;  ///< "train.epochs=5"
};
ExperimentWords experiment_words(const Arguments& arguments);

/// A command that goes on with a folder, and the key that names the folder elsewhere.
struct Resuming {
  experiment::Command command;
  const char* folder_key;
};
/// What --resume goes on with: the record in `folder`, with the overrides applied. Throws
/// UsageError if the folder has no record, and for words that name another file or folder.
experiment::Experiment read_record(const std::filesystem::path& folder,
                                   const ExperimentWords& words, const Resuming& resuming);

/// The network of a preset, or of an experiment file ("mine.toml"), for so many classes.
Network named_network(const std::string& name, std::int64_t classes);

/// Whether a study is in `folder`.
bool holds_study(const std::filesystem::path& folder);

/// The images; data.path becomes the folder in which they were found, so that a record of the
/// experiment names it.
experiment::Images load_images(experiment::Experiment& experiment);

/// Where model.weights names a file or the folder of a run: it becomes the file in full, so that a
/// record names it, and what of it fits the network is said in a note. Throws DataError where
/// nothing does.
void settle_weights(experiment::Experiment& experiment, const experiment::Images& images,
                    Console& console);

/// "fashion-mnist from FOLDER\n60,000 training images in 5 folds, 10,000 for the test\n";
/// `validation` stands behind the training images.
std::string describe(const experiment::Experiment& experiment, const experiment::Images& images,
                     std::string_view validation);

}  // namespace ridgeline::cli
