#pragma once
// The experiment file that the command line leaves in a run's folder.

#include <filesystem>
#include <string>

namespace ridgeline::train {

/// Its path. Empty if the folder has none, as in runs of applications.
inline std::string experiment_file(const std::filesystem::path& run) {
  if (run.empty()) return {};
  const auto file = run / "experiment.toml";
  return std::filesystem::exists(file) ? file.string() : std::string();
}

}  // namespace ridgeline::train
