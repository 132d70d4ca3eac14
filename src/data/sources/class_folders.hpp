#pragma once
// Folders of images, one for each class: torchvision's ImageFolder, and ImageNet as it is unpacked.
//
//     photos/train/cat/1.jpg          or, to be split by a fraction,      photos/cat/1.jpg
//     photos/train/dog/a/2.png                                           photos/dog/a/2.png
//     photos/val/cat/3.jpg
//     photos/test/4.jpg

#include <filesystem>
#include <string>
#include <vector>

#include "data/sources/image_files.hpp"
#include "data/sources/parts.hpp"

namespace ridgeline::data {

struct FolderOptions {
  /// The folder of each part, relative to the data. Empty: "train" or "training"; "val", "valid" or
  /// "validation"; "test", where there is such a folder.
  std::string train, validation, test;
  /// A file that names the classes in their order, a line each: the name of the folder, and after a
  /// tab or blank what to call the class. Empty: classes.txt of the data, where it is there; else
  /// the folders in sorted order, called as LOC_synset_mapping.txt, synset_words.txt or words.txt
  /// says.
  std::string classes;
  std::vector<std::string> extensions = image_extensions();  ///< of the files that are images
  bool allow_empty = false;  ///< accept class folders without images
  /// Whether the folders below a class folder are groups, which stay on one side of every split:
  /// cat/house-7/1.jpg and dog/house-7/2.jpg are both of the group "house-7".
  bool group_by_folder = false;
  bool follow_links = false;  ///< accept links that leave the folder
  /// Folders of this many files or more get an index in the user's cache; 0: none gets one.
  std::size_t index_from = 10'000;
};

/// Images in the folder or archive `path`. A validation part must have class folders that the
/// training part has, or the list of ImageNet (LOC_val_solution.csv) or Tiny ImageNet
/// (val_annotations.txt); a test part without class folders has no targets. Throws DataError where
/// the layout is not one of these, a class folder has no images, there are fewer than two classes,
/// or a class is not among those of training; and what open_tree throws.
SampleParts open_class_folders(const std::filesystem::path& path,
                               const FolderOptions& options = {});

}  // namespace ridgeline::data
