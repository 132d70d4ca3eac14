#include "select/study_removal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

#include "interop/folder.hpp"
#include "ridgeline/error.hpp"
#include "select/study_file.hpp"
#include "select/workers.hpp"

namespace ridgeline::selection {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 9> run_files{
    "experiment.toml",      "history.csv",
    "diagnosis.csv",        "steps.csv",
    "model.safetensors",    "checkpoint.safetensors",
    "diverged.safetensors", "last.safetensors",
    "report.html"};

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Whether a file has such a name, or is a part of it that a killed program has left.
bool is_run_file(std::string_view name) {
  constexpr std::string_view part = ".part";
  if (name.ends_with(part)) name.remove_suffix(part.size());
  return std::ranges::count(run_files, name) > 0;
}

bool is_study_file(std::string_view name) {
  return name.starts_with(study_file_name) || name.starts_with("study.worker-") ||
         name.starts_with("experiment.toml") || name.starts_with("report.html");
}

/// Whether the program makes a file of this name, relative to the study.
bool is_made(const fs::path& relative) {
  std::vector<std::string> parts;
  for (const fs::path& part : relative) parts.push_back(part.string());
  // A study of an outer fold is a study inside the study.
  while (parts.size() > 2 && parts[0] == "outer" && is_number(parts[1])) {
    parts.erase(parts.begin(), parts.begin() + 2);
  }
  const std::string& name = parts.back();
  if (parts.size() == 1) return is_study_file(name);
  if (parts.size() == 2) return parts[0] == "refit" && is_run_file(name);
  return parts.size() == 4 && parts[0] == "trials" && is_number(parts[1]) &&
         (parts[2].starts_with("fold-") || parts[2] == "refit") && is_run_file(name);
}

/// Throws ResourceError if `error` is set.
void require(const std::error_code& error, const fs::path& path) {
  if (!error) return;
  throw ResourceError(fmt::format("{}: cannot be removed: {}", path.string(), error.message()));
}

void remove_file(const fs::path& file) {
  std::error_code error;
  fs::remove(file, error);
  require(error, file);
}

/// Removes the folders that hold nothing but empty folders.
void remove_empty_folders(const fs::path& root) {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_directory() && !entry.is_symlink()) folders.push_back(entry.path());
  }
  // Those inside others come later.
  std::error_code error;
  for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
    if (!fs::is_empty(*folder)) continue;
    fs::remove(*folder, error);
    require(error, *folder);
  }
}

void check_unused(const fs::path& folder) {
  // A damaged database tells nothing, and is no study that this may remove.
  Database database = Database::for_reading(folder / study_file_name);
  const auto workers = workers_of(database, folder);
  if (workers.empty()) return;
  throw ResourceError(fmt::format(
      "the study {} is in use by another program, process {}: wait until that has ended, or stop "
      "it",
      folder.string(), workers.front().process));
}

}  // namespace

StudyFiles files_of_study(const fs::path& folder) {
  StudyFiles files;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (entry->is_directory() && !entry->is_symlink()) continue;
    const bool made = entry->is_regular_file() && !entry->is_symlink() &&
                      is_made(entry->path().lexically_relative(folder));
    (made ? files.made : files.others).push_back(entry->path());
    if (made) files.bytes += entry->file_size();
  }
  if (error) {
    throw ResourceError(
        fmt::format("the folder {} cannot be read: {}", folder.string(), error.message()));
  }
  return files;
}

StudyFiles remove_study(const fs::path& folder) {
  // Nobody can begin to work on the study while this is locked.
  const interop::FolderLock lock(folder);
  check_unused(folder);
  const StudyFiles files = files_of_study(folder);
  const fs::path file = folder / study_file_name;
  for (const fs::path& made : files.made) {
    if (made != file && fs::exists(made)) remove_file(made);
  }
  remove_empty_folders(folder);
  remove_file(file);
  if (files.others.empty()) remove_file(folder);
  return files;
}

}  // namespace ridgeline::selection
