#pragma once
// The order and the names of classes that are folders.

#include <string>
#include <vector>

#include "data/sources/file_tree.hpp"
#include "ridgeline/sources.hpp"

namespace ridgeline::data {

struct ClassNames {
  std::vector<std::string> folders;  ///< of the classes, in their order
  std::vector<std::string> names;    ///< of the classes, without duplicates
};

/// The classes of the sorted `folders`, by FolderOptions::classes or the lists in the folder `base`
/// of the tree or in a folder above it. Throws DataError for a list that does not fit.
ClassNames class_names(const FileTree& tree, std::string_view base,
                       std::vector<std::string> folders, const FolderOptions& options);

/// The first of these files in the folder `base` or in those above it, from the nearest on.
std::optional<std::size_t> find_list(const FileTree& tree, std::string_view base,
                                     const std::vector<std::string>& names);
/// The lines of a text, without carriage returns.
std::vector<std::string> lines_of(std::string_view text);

}  // namespace ridgeline::data
