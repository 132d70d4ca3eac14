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
  /// A file with a name on each line: the whole SampleSource::name, or its end after any '/'. Text
  /// after a tab is a remark. Throws DataError for a file that is missing or is not text.
  explicit ExcludeList(const std::filesystem::path& file);

  /// The samples of `source` whose names are not listed; `source` itself if none is listed. Throws
  /// DataError if a line means several samples, or if no sample is left.
  std::shared_ptr<const SampleSource> apply(std::shared_ptr<const SampleSource> source);
  /// The lines that did not match a sample of any source so far.
  std::vector<std::string> unknown() const;

 private:
  struct Line {
    std::string name;
    std::size_t number = 0;
    std::string sample;  // the name of the matching sample; empty until one is found
  };
  std::string file_;
  std::vector<Line> lines_;  // sorted by name
};

}  // namespace ridgeline::data
