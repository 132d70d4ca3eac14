#pragma once
// Finds the images that `evaluate` measures a model on.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "ridgeline/dataset.hpp"
#include "ridgeline/model.hpp"

namespace ridgeline::cli {

struct EvaluatedData {
  DataParts parts;
  std::string on_error;  ///< as in data.on_error
};

/// The keys in the words key=value and in --path. Throws UsageError for keys that an evaluation
/// does not read.
std::vector<std::string> data_keys(const Arguments& arguments);

/// The data that `named` (from --data) and the keys name or, without --data, the data of the run
/// that the file `model` belongs to, with the keys applied. Throws UsageError if nothing names
/// data.
EvaluatedData evaluated_data(const std::optional<std::string>& named,
                             const std::vector<std::string>& keys,
                             const std::filesystem::path& model, Console& console);

/// The images, prepared as in the model's training.
Dataset prepared(const Dataset& data, const ModelOptions& model);

}  // namespace ridgeline::cli
