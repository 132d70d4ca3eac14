#pragma once
// How fast a model trains and predicts on real images: what `ridgeline bench` measures.

#include <cstdint>

#include "ridgeline/dataset.hpp"
#include "ridgeline/model.hpp"

namespace ridgeline::cli {

struct Throughput {
  double images_per_second = 0;
  /// The share of ReLU outputs that are not zero, over a few images after the last step. If it is
  /// near zero, there is little to compute, and kernels that skip zeros look too fast.
  double live_units = 1;
};

struct ThroughputOptions {
  std::int64_t batch = 32;
  double seconds = 1;  ///< of measurement, after a warm-up of a fifth of it
  int shards = 0;      ///< parts of a batch; 0: one for each thread
  Precision precision = Precision::fp32;
  bool pin = false;  ///< keep each thread of the engine on its own core
};

/// Trains `network` on `data` by the same loop as `train`, with loading. Shuffled by `seed`.
Throughput measure_training(const Network& network, const Dataset& data, std::uint64_t seed,
                            int threads, const ThroughputOptions& options);

/// The cost of the statistics of a training: the time of an epoch with them, divided by that of one
/// without, minus 1. An epoch has enough images of `data` to measure the activations once; if
/// `data` has too few, the time is without them. Every other `round` begins with the other epoch.
double statistics_cost(const Network& network, const Dataset& data, std::uint64_t round,
                       int threads, const ThroughputOptions& options);

/// Predicts batches of images in memory, one call for each, by a new model of `network`.
Throughput measure_prediction(const Network& network, const Dataset& data, std::uint64_t seed,
                              int threads, const ThroughputOptions& options);

}  // namespace ridgeline::cli
