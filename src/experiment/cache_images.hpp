#pragma once
// data.cache: where decoded images are kept.

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "experiment/experiment.hpp"
#include "ridgeline/dataset.hpp"

namespace ridgeline::experiment {

/// What is told of a cache, and what ends the packing of one.
struct CacheListener {
  std::function<void(const std::string& sentence)> on_note;
  const std::atomic<bool>* stop = nullptr;
};

/// The images that training reads again and again, from the cache that data.cache names. A cache on
/// disk is made when the training begins, and listener.stop must exist until then. data.cache_limit
/// is shared between them by their numbers of images. Only `train` is augmented.
void cache_images(const Experiment& experiment, const CacheListener& listener, Dataset& train,
                  Dataset& validation);

}  // namespace ridgeline::experiment
