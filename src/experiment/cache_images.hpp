#pragma once
// data.cache: where decoded images are kept.

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "experiment/experiment.hpp"
#include "ridgeline/dataset.hpp"

namespace ridgeline::experiment {

/// Gets the notes of a cache, and may stop its packing.
struct CacheListener {
  std::function<void(const std::string& sentence)> on_note;
  const std::atomic<bool>* stop = nullptr;
};

/// Puts the images that training reads repeatedly into the cache that data.cache names. They share
/// data.cache_limit in proportion to their numbers of images. Only `train` is augmented.
void cache_images(const Experiment& experiment, const CacheListener& listener, Dataset& train,
                  Dataset& validation);

}  // namespace ridgeline::experiment
