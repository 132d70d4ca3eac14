#pragma once
// Averages of the weights over a training.
//   ema  average = decay * average + (1 - decay) * weights after every update (Polyak and Juditsky,
//        SIAM J. Control Optim. 30, 1992), from the first update's weights on; the statistics of
//        batch normalisations are averaged, too
//   swa  the mean of the weights at the ends of the last epochs (Izmailov et al., arXiv
//   1803.05407);
//        the statistics are measured again for it

#include <functional>

#include "data/loader.hpp"
#include "train/core.hpp"

namespace ridgeline::train {

/// An average so far.
struct Averaged {
  std::vector<float> weights;  ///< in the layout of the state's arena; empty: none yet
  std::int64_t count = 0;      ///< how many weights it averages
};

class Average {
 public:
  enum class Kind { none, ema, swa };

  /// What the options say. Throws UsageError for an unknown kind, a decay outside [0, 1), and a
  /// first epoch that is neither a fraction below 1 nor a whole number.
  explicit Average(const FitOptions& options);

  Kind kind() const { return kind_; }
  /// Call after each update.
  void after_update(const engine::State& state, Averaged& average) const;
  /// Call after epoch `epoch` (1 for the first). Returns whether its weights were added to a mean,
  /// whose statistics must then be measured.
  bool after_epoch(const engine::State& state, std::int64_t epoch, Averaged& average) const;

 private:
  Kind kind_;
  double decay_;
  std::int64_t first_epoch_;
};

/// Exchanges the model's weights and the average during its lifetime. Does nothing without an
/// average.
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
  std::int64_t stream;         ///< the epoch, for random numbers
  std::int64_t batch;          ///< images at a time
  std::function<bool()> stop;  ///< asked before each step
};
/// Measures the running statistics again with the current weights: the means over all batches of
/// the loader, weighted by their images. Costs a pass of training, or nothing if the network has no
/// statistics. Returns false if it was stopped; the statistics are then useless.
bool measure_statistics(ModelCore& core, data::Loader& loader, const Pass& pass);

}  // namespace ridgeline::train
