#pragma once
// A cache in memory: each image is kept from when it is first asked for.

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
  std::optional<Preprocessing> fit;  ///< what `source` brings images to
  std::optional<CropNeed> crop;      ///< what training takes of original images
  std::uint64_t bytes = 0;           ///< the most that is kept: later images are read again
  /// Told once, when they are full.
  std::function<void(const std::string& sentence)> on_note = {};
};

std::shared_ptr<const ImageStore> memory_store(std::shared_ptr<const SampleSource> source,
                                               MemoryStoreOptions options);

}  // namespace ridgeline::data
