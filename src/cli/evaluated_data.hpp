#pragma once
// From the words of `evaluate` to the images that a model is measured on.

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
  std::string on_error;  ///< as data.on_error says
};

/// The keys of the words key=value and of --path. Throws UsageError for those that an evaluation
/// does not read.
std::vector<std::string> data_keys(const Arguments& arguments);

/// The data that `named` (of --data) and the keys name, or else the data of the run that the file
/// `model` belongs to, with the keys applied. Throws UsageError where nothing names data.
EvaluatedData evaluated_data(const std::optional<std::string>& named,
                             const std::vector<std::string>& keys,
                             const std::filesystem::path& model, Console& console);

/// The images as the model takes them: prepared as in its training.
Dataset prepared(const Dataset& data, const ModelOptions& model);

}  // namespace ridgeline::cli
