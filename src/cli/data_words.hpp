#pragma once
// Finds the images of the data that the user names.

#include <span>
#include <string>
#include <vector>

#include "cli/setup.hpp"

namespace ridgeline::cli {

/// The data that the user named.
struct NamedData {
  experiment::Experiment experiment;
  experiment::Images images;  ///< at their own sizes
};

/// Whether `what` is a model and not data: a model file, or the folder of a run or study.
bool names_model(const std::string& what);

/// `what`: a data source, a folder, an archive, a table, or an experiment file; empty if the
/// `overrides` ("data.source=table") name the data. A relative path stays relative in messages.
/// Throws UsageError for anything else.
NamedData named_data(const std::string& what, std::span<const std::string> overrides);

}  // namespace ridgeline::cli
