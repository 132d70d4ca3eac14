#pragma once
// checkpoint.safetensors: everything that training needs to continue, bit for bit.

#include <filesystem>
#include <vector>

#include "metrics/set.hpp"
#include "train/average.hpp"
#include "train/core.hpp"
#include "train/epoch_sums.hpp"
#include "train/follower.hpp"

namespace ridgeline::train {

inline constexpr const char* checkpoint_name = "checkpoint.safetensors";

/// The progress of a fit, without the model.
struct Position {
  std::int64_t epoch = 0;         ///< epochs done
  std::int64_t step = 0;          ///< steps done in the current epoch
  std::int64_t first_stream = 0;  ///< ModelCore::epochs_trained when it began
  EpochSums sums;                 ///< of the current epoch
  metrics::MetricSet metrics;     ///< of the current epoch's training images
  EpochStatistics statistics;     ///< sums over the steps of the current epoch
  History history;
  std::vector<float> best;   ///< the best epoch's weights, in the state's arena; or empty
  Regularize best_in_force;  ///< the penalties at that time
  Averaged average;
};

/// Writes the core's weights, optimiser slots and statistics and the progress of the fit, whole or
/// not at all; also what the follower keeps, unless it is null. Throws ResourceError.
void save_checkpoint(const std::filesystem::path& file, const ModelCore& core,
                     const Position& position, const Attributes& fingerprint,
                     const Follower* follower = nullptr);

/// What a checkpoint must fit.
struct Wanted {
  const Attributes& fingerprint;
  std::int64_t steps;  ///< of an epoch
  const metrics::MetricSet& metrics;
  Follower* follower = nullptr;
};

/// Restores the core and returns the progress of the fit. If the number of shards was automatic,
/// the core takes the checkpoint's. Throws UsageError for other settings, DataError for a file that
/// is corrupt or of another version. After an error the core is unchanged.
Position load_checkpoint(const std::filesystem::path& file, ModelCore& core, const Wanted& wanted);

/// The finished epochs of a checkpoint; 0 if there is none, or if load_checkpoint() will refuse it.
std::int64_t epochs_in_checkpoint(const std::filesystem::path& file);

}  // namespace ridgeline::train
