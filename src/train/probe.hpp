#pragma once
// A look at what each layer gives for some of the training images.

#include <vector>

#include "ridgeline/dataset.hpp"
#include "ridgeline/diagnosis.hpp"
#include "train/core.hpp"

namespace ridgeline::train {

class Probe {
 public:
  /// Of `train` it looks at up to 64 images, evenly spread, without augmentation.
  Probe(ModelCore& core, Dataset train);

  /// Whether to look after that epoch, counted from 1: so often that the images looked at are at
  /// most one in 512 of those trained on. Depends on the epoch and the number of images alone, so
  /// that a resumed training looks when an uninterrupted one does.
  bool due(std::int64_t epoch) const;
  /// One per node, of the weights as they are.
  std::vector<ActivationStatistics> look();

 private:
  void read();

  ModelCore& core_;
  Dataset train_;
  std::size_t images_;
  std::vector<float> pixels_;  // read at the first look
};

}  // namespace ridgeline::train
