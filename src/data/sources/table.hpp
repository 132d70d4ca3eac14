#pragma once
// A table of images and what is known about them: a row for each image.
//
//     path,label,split,patient
//     a/1.jpg,cat,train,17
//     a/2.jpg,dog,test,4

#include <filesystem>
#include <string>
#include <vector>

#include "data/sources/parts.hpp"

namespace ridgeline::data {

struct TableOptions {
  /// The table in a folder or archive. Empty: the one table that is there.
  std::string table;
  /// The folder or archive that the paths of the table begin from. Empty: the table's own.
  std::string images;
  std::string format;     ///< "csv", "tsv" or "json-lines"; empty: by the file's name
  std::string delimiter;  ///< one character; empty: comma, tab or semicolon, as the header has it
  /// The column of the images' paths. Empty: "path", "file", "filename", "image" and the like.
  std::string path_column;
  /// What a cell of that column is a part of: "train/{}.png". Empty: the cell is the path.
  std::string path_format;
  /// The columns of the target. Empty: "label", "class", "labels" or "target".
  std::vector<std::string> label_columns;
  /// "classify": one column of class names. "multi-label": one column of names with
  /// `label_separator` between them, or a column of 0 and 1 for each label. "regress": columns of
  /// numbers. Empty: "multi-label" with a separator, "classify" for one column.
  std::string task;
  std::string label_separator;  ///< between the labels in one cell
  /// The column that says which part an image is in: train, val (or valid, validation) or test.
  /// Empty: all are for training.
  std::string split_column;
  std::string group_column;   ///< images of the same group stay on one side of every split
  std::string weight_column;  ///< how much an image counts in the loss, at least 0
  std::string classes;        ///< a file of class or label names in their order, a line each
  bool follow_links = false;  ///< accept links that leave the folder
};

/// The images of the table `path`, or of the table in the folder or archive `path`. Throws
/// DataError with the line of what is wrong: cells that are missing, a file that is not there or
/// outside the folder, a label that no image for training has, a number that is none; and what
/// open_tree throws.
SampleParts open_table(const std::filesystem::path& path, const TableOptions& options = {});

}  // namespace ridgeline::data
