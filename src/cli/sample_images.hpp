#pragma once
// Images to measure on.

#include <string>

#include "cli/command.hpp"
#include "cli/console.hpp"
#include "ridgeline/dataset.hpp"

namespace ridgeline::cli {

struct SampleImages {
  Dataset data;
  std::string source;
};

/// The images that --data and --path name. Without both, CIFAR-10, or random images if it is not
/// found.
SampleImages sample_images(const Arguments& arguments, Console& console);

}  // namespace ridgeline::cli
