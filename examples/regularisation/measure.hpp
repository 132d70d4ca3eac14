#pragma once
// Trains what is not yet in the folder, and adds the results.

#include <filesystem>
#include <string>
#include <vector>

namespace study {

struct Measuring {
  std::vector<std::string> data;  ///< data sets
  std::size_t images = 10000;     ///< training images, and the most test images
  int epochs = 0;                 ///< 0: the experiment's own
  int seeds = 3;                  ///< 1, 2, ...
};

/// Continues if it was stopped. Prints what it has trained. Throws UsageError if the folder has
/// measurements on other numbers of images or epochs.
void measure(const std::filesystem::path& folder, const Measuring& measuring);

}  // namespace study
