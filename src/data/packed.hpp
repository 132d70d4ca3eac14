#pragma once
// A cache of decoded images in one file, mapped into memory. The trainings of a selection share it,
// and later runs find it again.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "ridgeline/sample.hpp"

namespace ridgeline::data {

struct PackOptions {
  std::filesystem::path folder;  ///< where the file is kept
  /// Larger images are resized until their shorter side has so many pixels; 0: none is.
  std::int64_t shorter_side = 0;
  std::uint64_t most_bytes = 0;  ///< of the file
  int threads = 1;               ///< that decode
};

/// What a cache will take, from the headers of some images.
std::uint64_t packed_bytes(const SampleSource& source, std::int64_t shorter_side);

/// Told while images are decoded.
using OnPacked = std::function<void(std::size_t done, std::size_t all)>;

/// The same samples; `decode` gives the images of the cache. The file is made where it is not there
/// yet, or where it is damaged or of other images (by their names, sizes and times of change).
/// An image that cannot be decoded is left to the source, which says so when it is read. Throws
/// ResourceError where the file cannot be written or is larger than most_bytes; nothing is left of
/// it then.
std::shared_ptr<const SampleSource> packed(std::shared_ptr<const SampleSource> source,
                                           const PackOptions& options, const OnPacked& told = {});

}  // namespace ridgeline::data
