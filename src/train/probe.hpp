#pragma once
// Measures each layer's activations for some training images.

#include <vector>

#include "ridgeline/dataset.hpp"
#include "ridgeline/diagnosis.hpp"
#include "train/core.hpp"

namespace ridgeline::train {

class Probe {
 public:
  /// Uses up to 64 images of `train`, evenly spread, without augmentation.
  Probe(ModelCore& core, Dataset train);

  /// Whether to measure after that epoch, counted from 1: as often as keeps these images at most
  /// one in 512 of the training images. It depends only on the epoch and the number of images, so a
  /// resumed training measures at the same epochs.
  bool due(std::int64_t epoch) const;
  /// Statistics for each node, with the current weights.
  std::vector<ActivationStatistics> look();

 private:
  void read();

  ModelCore& core_;
  Dataset train_;
  std::size_t images_;
  std::vector<float> pixels_;  // read on first use
};

}  // namespace ridgeline::train
