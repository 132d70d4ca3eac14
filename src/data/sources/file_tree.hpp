#pragma once
// The files of a folder or of an archive, read in place: the one interface for all sources.

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "data/sources/file_list.hpp"

namespace ridgeline::data {

/// A larger file is neither a photograph nor a table of names, and would fill the memory.
inline constexpr std::uint64_t most_file_bytes = std::uint64_t{1} << 30;

/// All functions may be called from several threads at once.
class FileTree {
 public:
  static constexpr std::uint64_t whole = std::numeric_limits<std::uint64_t>::max();

  FileTree(std::filesystem::path root, FileList files)
      : root_(std::move(root)), files_(std::move(files)) {}
  virtual ~FileTree() = default;
  FileTree(const FileTree&) = delete;
  FileTree& operator=(const FileTree&) = delete;

  /// The folder or archive.
  const std::filesystem::path& root() const { return root_; }
  const FileList& files() const { return files_; }
  /// The name of a file for messages: "photos.zip/train/cat/1.jpg".
  std::string name(std::size_t file) const { return (root_ / files_.path(file)).string(); }
  /// The name of a folder for messages.
  std::string folder_name(std::string_view path) const;
  /// The bytes of a file, or its first `at_most`. Throws DataError that names the file if it is
  /// missing, corrupt or larger than most_file_bytes, ResourceError if it may not be read.
  virtual std::vector<std::uint8_t> read(std::size_t file, std::uint64_t at_most = whole) const = 0;
  /// A number that changes when the file changes. It is made of the size and the times of the file,
  /// or of its archive. Nothing if they cannot be read.
  virtual std::optional<std::uint64_t> stamp(std::size_t file) const = 0;

 private:
  std::filesystem::path root_;
  FileList files_;
};

/// The stamp of one file or archive.
std::optional<std::uint64_t> stamp_of(const std::filesystem::path& path);

struct TreeOptions {
  /// Follow links that leave the folder, as in a folder made of links to the images. Without it
  /// such a link is refused.
  bool follow_links = false;
  /// Folders and archives of this many files or more get an index in the user's cache; 0: none.
  std::size_t index_from = 10'000;
  /// If given, only these folders (paths in the tree) are listed, without their subfolders. An
  /// archive is always listed completely.
  std::optional<std::set<std::string>> only = {};
};

/// The files of a folder, a zip archive or a tar archive. Names that begin with a dot, "__MACOSX"
/// and "@eaDir" are left out: programs make them for their own use. Throws DataError for a path
/// that does not exist, is broken or is neither a folder nor an archive, and for names, links or
/// paths that leave the folder; ResourceError for what may not be read.
std::shared_ptr<const FileTree> open_tree(const std::filesystem::path& path,
                                          const TreeOptions& options = {});

/// Whether a file is an archive by its content, even of a kind that cannot be read.
bool is_archive(const std::filesystem::path& file);

/// Whether a file or folder of this name is left out.
bool hidden(std::string_view name);

}  // namespace ridgeline::data
