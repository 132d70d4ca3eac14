#pragma once
// Trains what is not yet in the folder, and puts it there.

#include <filesystem>
#include <string>
#include <vector>

namespace study {

struct Measuring {
  std::vector<std::string> data;  ///< data sets
  std::size_t images = 10000;     ///< of training, and at most so many of the test set
  int epochs = 0;                 ///< 0: the experiment's own
  int seeds = 3;                  ///< 1, 2, ...
};

/// Goes on where it was ended. Says on standard output what it has trained. Throws UsageError where
/// the folder holds measurements on other numbers of images or epochs.
void measure(const std::filesystem::path& folder, const Measuring& measuring);

}  // namespace study
