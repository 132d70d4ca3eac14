#pragma once
// The format in which a source stores its images.

#include <cstddef>
#include <string_view>

#include "ridgeline/sample.hpp"

namespace ridgeline::data {

/// Also a base of a source of image files.
class StoresFiles {
 public:
  virtual ~StoresFiles() = default;
  /// "JPEG", "PNG", ... by the file's content; empty if the file is not an image. Throws as
  /// SampleSource::decode does.
  virtual std::string_view format(std::size_t index) const = 0;
};

/// The format of a sample's file; empty if the source has no image files.
inline std::string_view stored_format(const SampleSource& source, std::size_t index) {
  const auto* const files = dynamic_cast<const StoresFiles*>(&source);
  return files ? files->format(index) : std::string_view();
}

}  // namespace ridgeline::data
