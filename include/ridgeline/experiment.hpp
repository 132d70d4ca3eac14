#pragma once
// Training from an experiment file, as `ridgeline train` does, in an application. What the
// application has registered (losses, optimisers, augmentations, penalties, data sources) can be
// named in the file, with its options.

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ridgeline/model.hpp"
#include "ridgeline/selection.hpp"

namespace ridgeline {

struct FileTraining {
  Model model;  ///< of the best epoch
  History history;
  std::optional<Metrics> test;  ///< nothing if there are no test images, or it was interrupted
  std::filesystem::path run;    ///< the run's folder
};

/// Trains what `file` says (docs/experiment.md), with `overrides` such as "train.epochs=5" applied
/// in order; an empty `file` means the defaults. Throws UsageError for a file or an override that
/// is wrong, naming line and key, and for a folder that holds a run already, and what Model::fit
/// and load() throw.
FileTraining train_file(const std::filesystem::path& file,
                        const std::vector<std::string>& overrides = {},
                        const Callbacks& callbacks = {}, const std::atomic<bool>* stop = nullptr);

/// Selects what `file` says, as `ridgeline select` does, in the study's folder, whose study is gone
/// on with if there is one. Throws likewise, and what select() throws.
Selection select_file(const std::filesystem::path& file,
                      const std::vector<std::string>& overrides = {},
                      const std::atomic<bool>* stop = nullptr);

/// Every key of the experiment file with its default and meaning, those of registered kinds too:
/// what `ridgeline help keys` prints.
std::string experiment_keys();

}  // namespace ridgeline
