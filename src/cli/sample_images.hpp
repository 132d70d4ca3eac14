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

/// What --data and --path name; without both CIFAR-10, or random images where it is not found.
SampleImages sample_images(const Arguments& arguments, Console& console);

}  // namespace ridgeline::cli
