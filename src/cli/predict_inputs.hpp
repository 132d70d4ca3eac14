#pragma once
// Finds the images that the words IMAGE... name.

#include <cstdint>
#include <istream>
#include <span>
#include <string>
#include <vector>

namespace ridgeline::cli {

struct PredictInput {
  std::string name;                 ///< the path of a file; "-" for an image from standard input
  std::vector<std::uint8_t> bytes;  ///< of an image from standard input; else empty
  std::string error;                ///< if there is no image: why; else empty
};

/// A word is a file, a folder (all images in it at any depth, sorted), or a pattern that the shell
/// did not expand (all files that match). "-" is an image from `standard_input`, or a list of files
/// and folders there, one on each line or with a zero byte after each. A word without an image
/// becomes an input with an error.
std::vector<PredictInput> predict_inputs(std::span<const std::string> words,
                                         std::istream& standard_input);

}  // namespace ridgeline::cli
