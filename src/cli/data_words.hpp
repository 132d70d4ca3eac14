#pragma once
// From the words that name data to its images.

#include <span>
#include <string>
#include <vector>

#include "cli/setup.hpp"

namespace ridgeline::cli {

/// Data as the user named it.
struct NamedData {
  experiment::Experiment experiment;
  experiment::Images images;  ///< at their own sizes
};

/// Whether `what` is no data but a model: a model file, or the folder of a run or study.
bool names_model(const std::string& what);

/// `what`: a data source, a folder, an archive, a table, or an experiment file; empty where the
/// `overrides` ("data.source=table") say all. A relative path stays relative in messages. Throws
/// UsageError for what is none of these.
NamedData named_data(const std::string& what, std::span<const std::string> overrides);

}  // namespace ridgeline::cli
