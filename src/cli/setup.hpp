#pragma once
// Makes an experiment and its images from the words `[EXPERIMENT.toml] [key=value ...]`. The
// commands that train begin with this.

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

/// The positionals of such a command, for the table of commands.
std::vector<Positional> experiment_positionals();

struct ExperimentWords {
  std::filesystem::path file;          ///< empty: none
  std::vector<std::string> overrides;  ///< "train.epochs=5"
};
ExperimentWords experiment_words(const Arguments& arguments);

/// A command that continues in a folder, and the key that otherwise names the folder.
struct Resuming {
  experiment::Command command;
  const char* folder_key;
};
/// The experiment that --resume continues: the record in `folder`, with the overrides applied.
/// Throws UsageError if the folder has no record, and for words that name another file or folder.
experiment::Experiment read_record(const std::filesystem::path& folder,
                                   const ExperimentWords& words, const Resuming& resuming);

/// The network of a preset, or of an experiment file ("mine.toml"), for `classes` classes.
Network named_network(const std::string& name, std::int64_t classes);

/// Whether a study is in `folder`.
bool holds_study(const std::filesystem::path& folder);
/// The study that continues the study in `folder`: another one if it is of an outer fold.
std::filesystem::path whole_study(const std::filesystem::path& folder);

/// Loads the images. data.path becomes the folder in which they were found, so that a record of the
/// experiment names it.
experiment::Images load_images(experiment::Experiment& experiment);

/// If model.weights names a file or the folder of a run, it becomes the absolute path of the file,
/// for records. A note says which of its weights fit the network. Throws DataError if none fits.
void settle_weights(experiment::Experiment& experiment, const experiment::Images& images,
                    Console& console);

/// "fashion-mnist from FOLDER\n60,000 training images in 5 folds, 10,000 for the test\n";
/// `validation` comes after the training images.
std::string describe(const experiment::Experiment& experiment, const experiment::Images& images,
                     std::string_view validation);

}  // namespace ridgeline::cli
