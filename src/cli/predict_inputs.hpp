#pragma once
// Finds the images that the words IMAGE... name.

#include <cstdint>
#include <istream>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/sources/file_tree.hpp"

namespace ridgeline::cli {

struct PredictInput {
  std::string name;                 ///< the path of a file; "-" for an image from standard input
  std::vector<std::uint8_t> bytes;  ///< of an image from standard input; else empty
  std::string error;                ///< if there is no image: why; else empty
  std::shared_ptr<const data::FileTree> archive = {};  ///< that holds the file; else null
  std::size_t member = 0;                              ///< its number in the archive

  /// The bytes of the file. Throws DataError, ResourceError.
  std::vector<std::uint8_t> read() const;
};

/// A word is a file, a folder or a zip or tar archive (all images in it at any depth, sorted), or a
/// pattern that the shell did not expand (all files that match). "-" is an image from
/// `standard_input`, or a list of files and folders there, one on each line or with a zero byte
/// after each. A word without an image becomes an input with an error.
std::vector<PredictInput> predict_inputs(std::span<const std::string> words,
                                         std::istream& standard_input);

}  // namespace ridgeline::cli
