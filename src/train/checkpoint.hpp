#pragma once
// checkpoint.safetensors: everything that training needs to go on with the same bits.

#include <filesystem>
#include <vector>

#include "metrics/set.hpp"
#include "train/average.hpp"
#include "train/core.hpp"
#include "train/epoch_sums.hpp"

namespace ridgeline::train {

inline constexpr const char* checkpoint_name = "checkpoint.safetensors";

/// Where a fit stands, apart from the model.
struct Position {
  std::int64_t epoch = 0;         ///< epochs done
  std::int64_t step = 0;          ///< steps done in the epoch under way; all: but for its end
  std::int64_t first_stream = 0;  ///< ModelCore::epochs_trained when it began
  EpochSums sums;                 ///< of the epoch under way
  metrics::MetricSet metrics;     ///< likewise: what its training images have added up
  EpochStatistics statistics;     ///< likewise: sums over its steps
  History history;
  std::vector<float> best;   ///< the best epoch's weights, in the state's arena; or empty
  Regularize best_in_force;  ///< the penalties that then were
  Averaged average;
};

/// Weights, optimiser slots and statistics of the core as it is, and where the fit stands.
/// Whole or not at all. Throws ResourceError.
void save_checkpoint(const std::filesystem::path& file, const ModelCore& core,
                     const Position& position, const Attributes& fingerprint);

/// What a checkpoint must fit.
struct Wanted {
  const Attributes& fingerprint;
  std::int64_t steps;  ///< of an epoch
  const metrics::MetricSet& metrics;
};

/// Puts the core back to what was saved, and gives where the fit stood. Where the number of shards
/// was left to us it becomes the checkpoint's. Throws UsageError for other settings, DataError for
/// a file that is corrupt or of another version; the core is then as it was.
Position load_checkpoint(const std::filesystem::path& file, ModelCore& core, const Wanted& wanted);

}  // namespace ridgeline::train
