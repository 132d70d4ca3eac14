#pragma once
// Averages of the weights over a training.
//   ema  average = decay * average + (1 - decay) * weights after every update (Polyak and Juditsky,
//        SIAM J. Control Optim. 30, 1992), from the first update's weights on; the statistics of
//        batch normalisations likewise
//   swa  the mean of the weights at the ends of the last epochs (Izmailov et al., arXiv
//   1803.05407);
//        the statistics are measured anew for it

#include <functional>

#include "data/loader.hpp"
#include "train/core.hpp"

namespace ridgeline::train {

/// An average so far.
struct Averaged {
  std::vector<float> weights;  ///< in the layout of the state's arena; empty: none yet
  std::int64_t count = 0;      ///< how many went into it
};

class Average {
 public:
  enum class Kind { none, ema, swa };

  /// What the options say. Throws UsageError for an unknown kind, a decay outside [0, 1), and a
  /// first epoch that is neither a fraction below 1 nor a whole number.
  explicit Average(const FitOptions& options);

  Kind kind() const { return kind_; }
  /// Behind each update.
  void after_update(const engine::State& state, Averaged& average) const;
  /// Behind epoch `epoch` (1 for the first). Whether its weights went into a mean, whose statistics
  /// are then to be measured.
  bool after_epoch(const engine::State& state, std::int64_t epoch, Averaged& average) const;

 private:
  Kind kind_;
  double decay_;
  std::int64_t first_epoch_;
};

/// As long as it lives the model's weights are the average, and the average has the model's; where
/// there is no average nothing happens.
class AveragedWeights {
 public:
  AveragedWeights(engine::State& state, Averaged& average);
  ~AveragedWeights() { swap(); }
  AveragedWeights(const AveragedWeights&) = delete;
  AveragedWeights& operator=(const AveragedWeights&) = delete;

 private:
  void swap();

  engine::State& state_;
  Averaged& average_;
};

/// A pass over training images.
struct Pass {
  std::int64_t stream;         ///< the epoch as which they are seen
  std::int64_t batch;          ///< images at a time
  std::function<bool()> stop;  ///< asked before each step
};
/// Sets the running statistics to those of all the loader's images under the weights as they are:
/// the means over batches, as training sees them, weighted by their images. Costs a pass of
/// training; nothing where the network has no statistics. False where it was stopped: they are
/// worth nothing then.
bool measure_statistics(ModelCore& core, data::Loader& loader, const Pass& pass);

}  // namespace ridgeline::train
