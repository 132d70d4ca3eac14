#pragma once
// From the words IMAGE... to images.

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
  std::string error;                ///< why there is no image; else empty
  std::shared_ptr<const data::FileTree> archive = {};  ///< that holds the file; else null
  std::size_t member = 0;                              ///< its number in the archive

  /// The bytes of the file. Throws DataError, ResourceError.
  std::vector<std::uint8_t> read() const;
};

/// A file stands for itself, a folder or a zip or tar archive for all images in it at any depth,
/// sorted, a pattern that the shell did not expand for the files that it matches. "-" is an image
/// from `standard_input`, or a list of files and folders there, one on each line or with a zero
/// byte after each. What gives no image becomes an input with an error.
std::vector<PredictInput> predict_inputs(std::span<const std::string> words,
                                         std::istream& standard_input);

}  // namespace ridgeline::cli
