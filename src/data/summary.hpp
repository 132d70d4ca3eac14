#pragma once
// What a data set holds, for `ridgeline inspect DATA`.

#include <string>
#include <vector>

#include "ridgeline/dataset.hpp"

namespace ridgeline::data {

struct ClassCount {
  std::string name;
  std::size_t images = 0;
};

struct Summary {
  std::size_t images = 0;
  Shape shape;                      ///< {channels, height, width}
  std::vector<ClassCount> classes;  ///< empty without classes
  std::int64_t target_width = 0;    ///< 0 without targets
  std::size_t measured = 0;         ///< images that mean and deviation are of
  std::vector<double> mean;         ///< per channel, of pixels in [0, 1]
  std::vector<double> deviation;    ///< per channel, the population's standard deviation
};

/// Mean and deviation are measured on at most `at_most` images, evenly spaced (0: on all). Throws
/// what reading throws.
Summary summarize(const Dataset& data, std::size_t at_most = 10'000);

/// The summary as a table for people.
std::string text(const Summary& summary);

}  // namespace ridgeline::data
