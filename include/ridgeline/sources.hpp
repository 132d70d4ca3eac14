#pragma once
// Sources of images: folders of classes, and tables of paths and labels. Both can be on the disk or
// in a zip or tar archive, which is not unpacked. docs/data.md describes the layouts.
//
//     auto [train, validation, test, notes] = ridgeline::class_folders("photos");

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ridgeline/sample.hpp"

namespace ridgeline {

/// The samples of a source for each use.
struct SampleParts {
  std::shared_ptr<const SampleSource> train;
  std::shared_ptr<const SampleSource> validation;  ///< null if the source has none
  std::shared_ptr<const SampleSource> test;  ///< null if the source has none; may have no targets
  /// Sentences for the user about files that were left out.
  std::vector<std::string> notes;
};

/// Folders of images, one for each class: the layout of torchvision's ImageFolder and of the
/// unpacked ImageNet.
///
///     photos/train/cat/1.jpg          or, to be split by a fraction,      photos/cat/1.jpg
///     photos/train/dog/a/2.png                                           photos/dog/a/2.png
///     photos/val/cat/3.jpg
///     photos/test/4.jpg
struct FolderOptions {
  /// The folder of each part, relative to the data. Empty: "train" or "training"; "val", "valid" or
  /// "validation"; "test", if the folder exists.
  std::string train, validation, test;
  /// A file of classes in their order. Each line has the name of the folder and, after a tab or
  /// blank, the name of the class. Empty: the data's classes.txt if it exists, otherwise the
  /// folders in sorted order, with names from LOC_synset_mapping.txt, synset_words.txt or
  /// words.txt.
  std::string classes;
  /// The extensions of image files, in upper or lower case.
  std::vector<std::string> extensions = {"jpg", "jpeg", "png", "webp", "bmp",
                                         "ppm", "pgm",  "pbm", "tif",  "tiff"};
  bool allow_empty = false;  ///< accept class folders without images
  /// Whether the folders below a class folder are groups. A group is always on one side of a split:
  /// cat/house-7/1.jpg and dog/house-7/2.jpg are both in the group "house-7".
  bool group_by_folder = false;
  bool follow_links = false;  ///< accept links that leave the folder
  /// Folders and archives of this many files or more get an index in the user's cache; 0: none.
  std::size_t index_from = 10'000;
};

/// The images of the folder or archive `path`. The validation part has the same class folders as
/// training, or the list of ImageNet (LOC_val_solution.csv) or Tiny ImageNet (val_annotations.txt).
/// A test part without class folders has no targets. Throws DataError for another layout, a class
/// folder without images, fewer than two classes, a class that training does not have, a broken
/// archive, or a link or name that leads out of the folder; ResourceError for files without read
/// permission.
SampleParts class_folders(const std::filesystem::path& path, const FolderOptions& options = {});

/// A table with a row for each image.
///
///     path,label,split,patient
///     a/1.jpg,cat,train,17
///     a/2.jpg,dog,test,4
struct TableOptions {
  /// The name of the table in a folder or archive. Empty: the only table there.
  std::string table;
  /// The folder or archive that the table's paths are relative to. Empty: the folder or archive of
  /// the table.
  std::string images;
  std::string format;     ///< "csv", "tsv" or "json-lines"; empty: by the file's name
  std::string delimiter;  ///< one character; empty: comma, tab or semicolon, as found in the header
  /// The column of the images' paths. Empty: "path", "file", "filename", "image" or a similar name.
  std::string path_column;
  /// A path in which {} stands for the cell of that column: "train/{}.png". Empty: the cell is the
  /// path.
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
  /// The column with the part of each image: train, val (or valid, validation) or test. Empty: all
  /// images are for training.
  std::string split_column;
  std::string group_column;   ///< images of the same group are always on the same side of a split
  std::string weight_column;  ///< the image's weight in the loss, at least 0
  std::string classes;        ///< a file of class or label names in their order, one per line
  bool follow_links = false;  ///< accept links that leave the folder
};

/// The images of the table `path`, or of the table in the folder or archive `path`. Throws
/// DataError, with the line, for a cell that is missing or not a number, a file that is missing or
/// outside the folder, and a label that no training image has; UsageError for options that do not
/// fit together; ResourceError for files without read permission.
SampleParts image_table(const std::filesystem::path& path, const TableOptions& options = {});

}  // namespace ridgeline
