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

/// Puts the images that training reads repeatedly into the cache that data.cache names. A cache on
/// disk is made when the training begins, and listener.stop must exist until then. The images share
/// data.cache_limit in proportion to their numbers. Only `train` is augmented.
void cache_images(const Experiment& experiment, const CacheListener& listener, Dataset& train,
                  Dataset& validation);

}  // namespace ridgeline::experiment
