#pragma once
// Training and selection from an experiment file in an application, as `ridgeline train` and
// `ridgeline select` do it. The file can name what the application has registered (losses,
// optimisers, augmentations, penalties, data sources) and set its options.

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ridgeline/model.hpp"
#include "ridgeline/selection.hpp"

namespace ridgeline {

struct FileTraining {
  Model model;  ///< with the weights of the best epoch
  History history;
  std::optional<Metrics> test;  ///< absent if there are no test images, or after an interruption
  std::filesystem::path run;    ///< the run's folder
};

/// Trains as `file` says (docs/experiment.md). `overrides` such as "train.epochs=5" are applied in
/// order. An empty `file` means the defaults. Throws UsageError, with line and key, if the file or
/// an override is wrong, and if the folder already contains a run. Also throws what Model::fit and
/// load() throw.
FileTraining train_file(const std::filesystem::path& file,
                        const std::vector<std::string>& overrides = {},
                        const Callbacks& callbacks = {}, const std::atomic<bool>* stop = nullptr);

/// Selects as `file` says. If the study's folder already contains the study, it is continued.
/// Throws as train_file, and what select() throws.
Selection select_file(const std::filesystem::path& file,
                      const std::vector<std::string>& overrides = {},
                      const std::atomic<bool>* stop = nullptr);

/// Every key of the experiment file with its default and meaning, also the keys of registered
/// kinds. `ridgeline help keys` prints this text.
std::string experiment_keys();

}  // namespace ridgeline
