#pragma once
// Some of the samples of a source.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ridgeline/sample.hpp"

namespace ridgeline::data {

/// Samples `which` of a source, in that order.
std::shared_ptr<const SampleSource> subset(std::shared_ptr<const SampleSource> source,
                                           std::vector<std::uint32_t> which);

/// Names of samples to leave out.
class ExcludeList {
 public:
  /// A file with a name on each line: all of SampleSource::name, or its last parts from a '/' on.
  /// What follows a tab is a remark. Throws DataError for a file that is missing or no text.
  explicit ExcludeList(const std::filesystem::path& file);

  /// The samples of `source` whose names are not listed; `source` itself where none is. Throws
  /// DataError for a line that means several samples, or where no sample is left.
  std::shared_ptr<const SampleSource> apply(std::shared_ptr<const SampleSource> source);
  /// The lines that meant no sample of the sources so far.
  std::vector<std::string> unknown() const;

 private:
  struct Line {
    std::string name;
    std::size_t number = 0;
    std::string sample;  // what it means; empty until it is found
  };
  std::string file_;
  std::vector<Line> lines_;  // sorted by name
};

}  // namespace ridgeline::data
