#pragma once
// The names of all files of a folder or an archive, in little memory: 1.28 million names of 20
// bytes take 36 MB.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ridgeline::data {

/// Paths are relative and have '/' between folders. Files are in the order of their folders, which
/// are sorted part by part, and then in the order of their names, byte by byte.
class FileList {
 public:
  struct Folder {
    std::string path;       ///< "" is the root
    std::size_t first = 0;  ///< the files [first, first + count) are directly in the folder
    std::size_t count = 0;
  };

  /// Adds a folder. Folders must be added in order. The files that are added next are in it.
  void add_folder(std::string_view path);
  void add_file(std::string_view name);

  std::size_t size() const { return ends_.size(); }
  const std::vector<Folder>& folders() const { return folders_; }
  std::string_view name(std::size_t file) const;
  /// The index of the folder that holds the file.
  std::size_t folder_of(std::size_t file) const;
  std::string path(std::size_t file) const;
  std::optional<std::size_t> find(std::string_view path) const;
  std::optional<std::size_t> find_folder(std::string_view path) const;
  /// The folders [first, second) are `folder` and all folders in it, at any depth.
  std::pair<std::size_t, std::size_t> below(std::size_t folder) const;

 private:
  std::vector<Folder> folders_;
  std::string names_;
  std::vector<std::uint64_t> ends_;  // of each name in names_
};

/// Whether path `a` comes before path `b`, part by part.
bool path_less(std::string_view a, std::string_view b);

/// The folder and the name of a path.
std::pair<std::string_view, std::string_view> split_path(std::string_view path);

/// "a/b" of "a" and "b". Both may be empty.
std::string join_path(std::string_view folder, std::string_view name);

/// `path` without "." and empty parts. Nothing if it is absolute or leaves its folder by "..".
std::optional<std::string> inner_path(std::string_view path);

}  // namespace ridgeline::data
