#pragma once
// A cache in memory. It keeps each image when it is first read.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "data/cache/image_store.hpp"
#include "data/cache/scales.hpp"
#include "ridgeline/preprocessing.hpp"
#include "ridgeline/sample.hpp"

namespace ridgeline::data {

struct MemoryStoreOptions {
  std::optional<Preprocessing> fit;  ///< how `source` resizes images
  std::optional<CropNeed> crop;      ///< the boxes that training takes of original images
  std::uint64_t bytes = 0;  ///< of all images; what does not fit is read again in each epoch
  /// Called once, when the cache is full.
  std::function<void(const std::string& sentence)> on_note = {};
};

std::shared_ptr<const ImageStore> memory_store(std::shared_ptr<const SampleSource> source,
                                               MemoryStoreOptions options);

}  // namespace ridgeline::data
