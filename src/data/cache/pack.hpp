#pragma once
// The cache on disk: all images of a data set are decoded before the training, into one file that
// later trainings, selections and other processes find again.

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "data/cache/image_store.hpp"
#include "data/cache/scales.hpp"
#include "ridgeline/dataset.hpp"

namespace ridgeline::data {

struct PackOptions {
  std::filesystem::path folder;  ///< where the pack is written
  std::optional<CropNeed> crop;  ///< the boxes that training takes of original images
  std::uint64_t most_bytes = 0;  ///< of the file
  bool limited = false;          ///< whether the user set most_bytes
  int threads = 1;               ///< that decode images
  const std::atomic<bool>* stop = nullptr;
  /// Told what is written or found. Also told of a damaged file, which may be found while images
  /// are read.
  std::function<void(const std::string& sentence)> on_note = {};
};

/// The pack of the images of `data`, which have a Dataset::preprocessing. Makes it if it does not
/// exist or is damaged. Other names, sizes or crops make another pack; other stamps replace it. It
/// does not matter how a path is spelled. An image that cannot be read is not in the pack; the
/// source gives the error when the image is read.
/// Returns null if `stop` became true. Throws ResourceError if images have no stamps, if the file
/// cannot be written, or if it would be larger than `most_bytes` or the free space of the disk. No
/// part of the file remains then.
std::shared_ptr<const ImageStore> pack(const Dataset& data, const PackOptions& options);

}  // namespace ridgeline::data
