#pragma once
// From the words of `evaluate` to the images that a model is measured on.

#include <filesystem>
#include <string>

#include "cli/command.hpp"
#include "ridgeline/dataset.hpp"
#include "ridgeline/model.hpp"

namespace ridgeline::cli {

struct EvaluatedData {
  DataParts parts;
  std::string on_error;  ///< as data.on_error says
};

/// The data that --data, --path and key=value name, or else the data of the run that the file
/// `model` belongs to, with those keys applied. Images of a file are as they are there. Throws
/// UsageError where nothing names data, and for keys that an evaluation does not read.
EvaluatedData evaluated_data(const Arguments& arguments, const std::filesystem::path& model,
                             Console& console);

/// The images as the model takes them: prepared as in its training.
Dataset prepared(const Dataset& data, const ModelOptions& model);

}  // namespace ridgeline::cli
