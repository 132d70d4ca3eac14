#include "data/guess_source.hpp"

#include <algorithm>
#include <vector>

#include "data/sources/file_tree.hpp"
#include "data/sources/image_files.hpp"
#include "ridgeline/dataset.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> table_extensions{"csv", "tsv", "tab", "jsonl", "ndjson"};

std::optional<std::string> with_known_files(const fs::path& folder) {
  std::optional<std::string> found;
  for (const std::string& source : source_names()) {
    if (source == "folder" || source == "table") continue;  // they accept any path
    try {
      locate(source, folder);
    } catch (const Error&) {
      continue;
    }
    if (folder.string().find(source) != std::string::npos) return source;
    if (!found || source == "idx") found = source;
  }
  return found;
}

// ImageNet has lists of its own (LOC_*.csv) next to its class folders.
bool is_table(const fs::path& file) {
  const std::string name = file.filename().string();
  return !hidden(name) && !name.starts_with("LOC_") && has_extension(name, table_extensions);
}

bool has_folder(const fs::path& folder) {
  std::error_code error;
  return std::any_of(fs::directory_iterator(folder, error), fs::directory_iterator(),
                     [](const fs::directory_entry& entry) {
                       std::error_code ignored;
                       return entry.is_directory(ignored);
                     });
}

bool has_table(const fs::path& folder) {
  std::error_code error;
  return std::any_of(fs::directory_iterator(folder, error), fs::directory_iterator(),
                     [](const fs::directory_entry& entry) {
                       std::error_code ignored;
                       return entry.is_regular_file(ignored) && is_table(entry.path());
                     });
}

}  // namespace

std::optional<std::string> guess_source(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    if (auto known = with_known_files(path)) return known;
    return has_table(path) && !has_folder(path / "train") ? "table" : "folder";
  }
  if (!fs::is_regular_file(path, error)) return std::nullopt;
  if (is_table(path)) return "table";
  return is_archive(path) ? std::optional<std::string>("folder") : std::nullopt;
}

}  // namespace ridgeline::data
