#pragma once
// The classes of validation images that are all in one folder, as ImageNet and Tiny ImageNet come.

#include <optional>
#include <string>
#include <unordered_map>

#include "data/sources/file_tree.hpp"

namespace ridgeline::data {

/// The class folder of each image, by its name without the extension.
struct FlatLabels {
  std::string file;  ///< the name of the list for messages
  std::unordered_map<std::string, std::string> classes;
};

/// From val_annotations.txt (NAME, tab, CLASS, tab, ...) or LOC_val_solution.csv (NAME,CLASS ...)
/// in the folder `part` or a folder above it. Nothing if neither exists.
std::optional<FlatLabels> flat_labels(const FileTree& tree, std::string_view part);

/// "val_1" of "val_1.JPEG".
std::string_view without_extension(std::string_view name);

}  // namespace ridgeline::data
