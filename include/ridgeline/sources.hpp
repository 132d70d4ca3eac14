#pragma once
// Images as people have them: folders of classes, and tables of paths and labels. Both are on the
// disk or in a zip or tar archive, which is read in place. docs/data.md describes the layouts.
//
//     auto [train, validation, test, notes] = ridgeline::class_folders("photos");

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ridgeline/sample.hpp"

namespace ridgeline {

/// What a source of images gives: samples for each use.
struct SampleParts {
  std::shared_ptr<const SampleSource> train;
  std::shared_ptr<const SampleSource> validation;  ///< none where the source has no such part
  std::shared_ptr<const SampleSource> test;        ///< likewise; may be without targets
  /// Sentences for the user about what was left out.
  std::vector<std::string> notes;
};

/// Folders of images, one for each class: torchvision's ImageFolder, and ImageNet as it is
/// unpacked.
///
///     photos/train/cat/1.jpg          or, to be split by a fraction,      photos/cat/1.jpg
///     photos/train/dog/a/2.png                                           photos/dog/a/2.png
///     photos/val/cat/3.jpg
///     photos/test/4.jpg
struct FolderOptions {
  /// The folder of each part, relative to the data. Empty: "train" or "training"; "val", "valid" or
  /// "validation"; "test", where there is such a folder.
  std::string train, validation, test;
  /// A file that names the classes in their order, a line each: the name of the folder, and after a
  /// tab or blank what to call the class. Empty: classes.txt of the data, where it is there; else
  /// the folders in sorted order, called as LOC_synset_mapping.txt, synset_words.txt or words.txt
  /// says.
  std::string classes;
  /// Of the files that are images, in upper or lower case.
  std::vector<std::string> extensions = {"jpg", "jpeg", "png", "webp", "bmp",
                                         "ppm", "pgm",  "pbm", "tif",  "tiff"};
  bool allow_empty = false;  ///< accept class folders without images
  /// Whether the folders below a class folder are groups, which stay on one side of every split:
  /// cat/house-7/1.jpg and dog/house-7/2.jpg are both of the group "house-7".
  bool group_by_folder = false;
  bool follow_links = false;  ///< accept links that leave the folder
  /// Folders and archives of this many files or more get an index in the user's cache; 0: none.
  std::size_t index_from = 10'000;
};

/// The images of the folder or archive `path`. A validation part has class folders that training
/// has, or the list of ImageNet (LOC_val_solution.csv) or Tiny ImageNet (val_annotations.txt); a
/// test part without class folders has no targets. Throws DataError for another layout, a class
/// folder without images, fewer than two classes, a class that training does not have, a broken
/// archive, or a link or name that leaves the folder; ResourceError for what may not be read.
SampleParts class_folders(const std::filesystem::path& path, const FolderOptions& options = {});

/// A table of images and what is known about them: a row for each image.
///
///     path,label,split,patient
///     a/1.jpg,cat,train,17
///     a/2.jpg,dog,test,4
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
  /// numbers. Empty: "multi-label" with a separator or where the cells of one column are lists,
  /// else "classify" for one column. Then numbers with a fraction are refused, and so are more than
  /// half as many different numbers as images (of more than 20): they may be values.
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
/// DataError with the line of what is wrong: a cell that is missing or no number, a file that is
/// not there or outside the folder, a label that no image for training has; UsageError for options
/// that do not fit together; ResourceError for what may not be read.
SampleParts image_table(const std::filesystem::path& path, const TableOptions& options = {});

}  // namespace ridgeline
