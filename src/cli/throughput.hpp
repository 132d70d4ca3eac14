#pragma once
// How fast a model trains and predicts on real images: what `ridgeline bench` measures.

#include <cstdint>

#include "ridgeline/dataset.hpp"
#include "ridgeline/model.hpp"

namespace ridgeline::cli {

struct Throughput {
  double images_per_second = 0;
  /// The share of ReLU outputs that are not zero, over a few images after the last step. Where it
  /// comes near zero there is little left to compute, and kernels that use it look too fast.
  double live_units = 1;
};

struct ThroughputOptions {
  std::int64_t batch = 32;
  double seconds = 1;  ///< measured, after a warm-up of a fifth of that
  int shards = 0;      ///< parts of a batch; 0: one a thread
  Precision precision = Precision::fp32;
  bool pin = false;  ///< keep each thread of the engine on its own core
};

/// Trains `network` on `data` by the same loop as `train`, loading included. Shuffled by `seed`.
Throughput measure_training(const Network& network, const Dataset& data, std::uint64_t seed,
                            int threads, const ThroughputOptions& options);

/// What the statistics of a training cost: the time of an epoch with them over that of one without,
/// less 1. Of `data` it takes so many images that an epoch with them has a look at the activations;
/// what there are too few images for is not in the time. Every other `round` begins with the other.
double statistics_cost(const Network& network, const Dataset& data, std::uint64_t round,
                       int threads, const ThroughputOptions& options);

/// Predicts batches of images that are in memory, one call each, by a new model of `network`.
Throughput measure_prediction(const Network& network, const Dataset& data, std::uint64_t seed,
                              int threads, const ThroughputOptions& options);

}  // namespace ridgeline::cli
