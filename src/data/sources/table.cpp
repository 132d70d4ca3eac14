#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>

#include "data/sources/class_names.hpp"
#include "data/sources/file_samples.hpp"
#include "data/sources/table_rows.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/sources.hpp"

namespace ridgeline::data {
namespace {

namespace fs = std::filesystem;

/// The table, and where the paths in it begin.
struct Opened {
  TableFile table;
  fs::path images;
  std::string folder;                    // that holds the table in the archive
  std::shared_ptr<const FileTree> tree;  // of an archive, which has been listed already
};

std::string find_table(const std::vector<std::string>& tables, const fs::path& path,
                       const std::string& wanted) {
  if (!wanted.empty()) return wanted;
  if (tables.size() == 1) return tables[0];
  throw DataError(fmt::format(
      "{}: {}: set data.table to the file that is the table", path.string(),
      tables.empty() ? "no file in it is called .csv, .tsv or .jsonl"
                     : fmt::format("holds several tables ({})", fmt::join(tables, ", "))));
}

Opened open_in_archive(const fs::path& path, const TableOptions& options) {
  auto tree = open_tree(path);
  const FileList& files = tree->files();
  std::vector<std::string> tables;
  for (std::size_t f = 0; f < files.size(); ++f) {
    if (is_table_name(files.name(f))) tables.push_back(files.path(f));
  }
  const std::string name = find_table(tables, path, options.table);
  const auto file = files.find(name);
  if (!file) throw DataError(fmt::format("{}: there is no \"{}\" in it", path.string(), name));
  return {TableFile(tree->name(*file), tree->read(*file)), path,
          join_path(split_path(name).first, options.images), tree};
}

Opened open_in_folder(const fs::path& path, const TableOptions& options) {
  std::vector<std::string> tables;
  std::error_code error;
  fs::directory_iterator entry(path, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!hidden(name) && is_table_name(name)) tables.push_back(name);
  }
  if (error) {
    throw ResourceError(
        fmt::format("{}: the folder cannot be read: {}", path.string(), error.message()));
  }
  std::sort(tables.begin(), tables.end());
  return {TableFile(path / find_table(tables, path, options.table)), path / options.images, {}, {}};
}

Opened open_table_file(const fs::path& path, const TableOptions& options) {
  std::error_code error;
  if (fs::is_directory(path, error)) return open_in_folder(path, options);
  if (is_archive(path)) return open_in_archive(path, options);
  if (!options.table.empty()) {
    throw UsageError(fmt::format(
        "data.table is for a folder or an archive, and {} is the table itself", path.string()));
  }
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  return {TableFile(path), options.images.empty() ? folder : fs::path(options.images), {}, {}};
}

class TableSource {
 public:
  TableSource(const fs::path& path, const TableOptions& options)
      : options_(options),
        opened_(open_table_file(path, options)),
        root_((fs::absolute(opened_.images) / "").lexically_normal().string()) {}

  SampleParts read() {
    const TableFile& table = opened_.table;
    const TableFormat format = table.format(options_.format, options_.delimiter);
    const TableColumns columns = find_columns(table, format, options_);
    TableTargets targets(columns.targets);
    rows_ = read_rows(table, format, columns, targets);
    targets.finish(rows_.rows, listed_classes(), table.name());
    const auto& [task, names] = targets.schema();
    if (task == "multi-label" && names.empty()) {
      throw DataError(fmt::format("{}: the column {} holds no label for training", table.name(),
                                  columns.targets.columns[0]));
    }
    if (task == "classify" && names.size() < 2) {
      throw DataError(fmt::format(
          "{}: the column {} holds {}: a classifier needs at least two classes", table.name(),
          columns.targets.columns[0],
          names.empty() ? "no label for training" : fmt::format("one class only, {}", names[0])));
    }
    const std::vector<std::uint32_t> files = find_files();
    SampleParts parts{samples(TablePart::train, files, targets),
                      samples(TablePart::validation, files, targets),
                      samples(TablePart::test, files, targets),
                      {}};
    if (targets.chose_lists()) {
      parts.notes.push_back(
          fmt::format("{}: the column {} holds lists, so that an image may have several labels "
                      "(data.task = \"multi-label\")",
                      table.name(), columns.targets.columns[0]));
    }
    return parts;
  }

 private:
  std::vector<std::string> listed_classes() const {
    if (options_.classes.empty()) return {};
    const auto bytes = read_bytes(options_.classes, most_file_bytes);
    auto lines = lines_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    std::erase(lines, "");
    std::vector<std::string> sorted = lines;
    std::sort(sorted.begin(), sorted.end());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice != sorted.end()) {
      throw DataError(fmt::format("{}: names the class \"{}\" twice", options_.classes, *twice));
    }
    return lines;
  }

  std::string where(std::size_t row) const {
    return fmt::format("{}:{}", opened_.table.name(), rows_.rows[row].line);
  }

  /// The path of a row's image in the tree.
  std::string path_of(std::size_t row) const {
    std::string path(rows_.path(row));
    if (!options_.path_format.empty()) {
      const std::string& pattern = options_.path_format;
      const std::size_t at = pattern.find("{}");
      if (at == std::string::npos) {
        throw UsageError(fmt::format(
            "data.path_format = \"{}\" has no {{}} for the cell of the table", pattern));
      }
      path = pattern.substr(0, at) + path + pattern.substr(at + 2);
    }
    // Absolute paths are accepted if they are in the folder of the images.
    if (path.starts_with(root_)) path.erase(0, root_.size());
    const auto inner = inner_path(path);
    if (!inner || inner->empty()) {
      throw DataError(fmt::format(
          "{}: the path \"{}\" leaves the folder {}: set data.images to the folder that holds all "
          "images",
          where(row), path, opened_.images.string()));
    }
    return join_path(opened_.folder, *inner);
  }

  std::vector<std::uint32_t> find_files() {
    if (!opened_.tree) {
      std::set<std::string> folders;
      std::string last;
      for (std::size_t row = 0; row < rows_.size(); ++row) {
        const std::string path = path_of(row);
        const std::string_view folder = split_path(path).first;
        if (row == 0 || folder != last) folders.emplace(folder);
        last = folder;
      }
      std::error_code error;
      const bool archive = !fs::is_directory(opened_.images, error);
      TreeOptions tree{.follow_links = options_.follow_links};
      if (!archive) tree.only = std::move(folders);
      opened_.tree = open_tree(opened_.images, tree);
    }
    std::vector<std::uint32_t> files;
    files.reserve(rows_.size());
    std::size_t missing = 0, first = 0;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      const auto file = opened_.tree->files().find(path_of(row));
      if (!file && missing++ == 0) first = row;
      files.push_back(static_cast<std::uint32_t>(file.value_or(0)));
    }
    if (missing > 0) {
      throw DataError(fmt::format(
          "{}: there is no file {} in {} ({} of {} files are missing): data.images is the folder "
          "that the paths begin from",
          where(first), path_of(first), opened_.images.string(), missing, rows_.size()));
    }
    return files;
  }

  std::shared_ptr<const SampleSource> samples(TablePart part,
                                              const std::vector<std::uint32_t>& files,
                                              const TableTargets& targets) const {
    bool any = false;
    std::optional<std::size_t> bare;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      if (rows_.parts[row] != part) continue;
      any = any || rows_.rows[row].has_target;
      if (!rows_.rows[row].has_target && !bare) bare = row;
    }
    if (any && bare) {
      throw DataError(fmt::format("{}: has no label, and other images of the same part have one",
                                  where(*bare)));
    }
    SampleColumns columns;
    if (any) columns.schema = targets.schema();
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      if (rows_.parts[row] != part) continue;
      columns.files.push_back(files[row]);
      if (any) targets.copy(row, columns);
      if (!rows_.groups.empty()) columns.groups.push_back(rows_.groups[row]);
      if (!rows_.weights.empty()) columns.weights.push_back(rows_.weights[row]);
    }
    if (columns.files.empty()) return nullptr;
    return file_samples(opened_.tree, std::move(columns));
  }

  const TableOptions& options_;
  Opened opened_;
  std::string root_;  // the images' folder, as absolute paths in the table begin
  TableRows rows_;
};

}  // namespace
}  // namespace ridgeline::data

namespace ridgeline {

SampleParts image_table(const std::filesystem::path& path, const TableOptions& options) {
  return data::TableSource(path, options).read();
}

}  // namespace ridgeline
