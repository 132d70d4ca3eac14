#pragma once
// The folders of a tree as parts and classes, and the images in them.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/sources/file_tree.hpp"
#include "ridgeline/sources.hpp"

namespace ridgeline::data {

/// The usual names of the parts' folders, in lower case.
extern const std::vector<std::string> train_names, validation_names, test_names;

class FolderLayout {
 public:
  /// Both outlive the layout.
  FolderLayout(const FileTree& tree, const FolderOptions& options)
      : tree_(tree), options_(options) {}

  const std::string& path(std::size_t folder) const { return folders()[folder].path; }
  std::string message_name(std::size_t folder) const { return tree_.folder_name(path(folder)); }
  /// The last part of the folder's path.
  std::string name(std::size_t folder) const {
    return std::string(split_path(path(folder)).second);
  }
  /// The folders directly in a folder.
  std::vector<std::size_t> children(std::size_t folder) const;
  /// Their names for a message.
  std::string listed_children(std::size_t folder) const;

  /// The files [first, second) of a folder; with `deep`, at any depth.
  std::pair<std::size_t, std::size_t> files(std::size_t folder, bool deep) const;
  bool is_image(std::size_t file) const;
  std::vector<std::uint32_t> images(std::size_t folder, bool deep) const;
  bool has_images(std::size_t folder, bool deep) const;

  /// The folder that holds the parts or the class folders: the root, ImageNet's own folder in it,
  /// or the only folder of an archive.
  std::size_t find_base() const;
  /// The child of `base` with the name `wanted` or, if that is empty, with one of the `usual`
  /// names. Throws DataError if `wanted` does not exist, or if two children have usual names.
  std::optional<std::size_t> find_part(std::size_t base, const std::string& wanted,
                                       const std::vector<std::string>& usual) const;

 private:
  const std::vector<FileList::Folder>& folders() const { return tree_.files().folders(); }

  const FileTree& tree_;
  const FolderOptions& options_;
};

}  // namespace ridgeline::data
