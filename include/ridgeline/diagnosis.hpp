#pragma once
// Statistics of a training for each layer and epoch, and verdicts that follow from them.
// docs/diagnosis.md has the criteria.

#include <cstdint>
#include <string>
#include <vector>

namespace ridgeline {

/// One parameter: means over the steps of an epoch, or, in StepStatistics, the numbers of one step.
/// Norms are Euclidean. Below,
///   a  is the step per unit of gradient: learning rate / (1 - momentum) for gd and sgd. For other
///      optimisers it is measured: |w_after - w_before|, or what decay takes off w if that is more,
///      divided by sqrt(gradient_norm^2 + penalty_gradient^2).
struct ParameterStatistics {
  double gradient_norm = 0;  ///< of the data gradient, before clipping
  double weight_norm = 0;    ///< before the step
  double update_ratio = 0;   ///< |w_after - w_before| / |w_before|
  /// The share of |w| that the penalty takes off: learning rate * decay + a * penalty_gradient /
  /// |w|. For sgd without momentum it is learning rate * (decay + l2).
  double shrink = 0;
  double penalty = 0;           ///< its contribution to the objective
  double penalty_gradient = 0;  ///< towards zero: l2 * |w| + l1 * |w|_1 / |w|
  double effective_rate = 0;    ///< a / |w|^2
  double largest_gradient = 0;  ///< the largest gradient_norm of a step
  double largest_update = 0;    ///< the largest update_ratio of a step
  /// How much of the weights' movement is due to the penalty: shrink / (shrink + a * gradient_norm
  /// / |w|).
  double penalty_share() const {
    const double all = shrink + effective_rate * weight_norm * gradient_norm;
    return all > 0 ? shrink / all : 0;
  }
  friend bool operator==(const ParameterStatistics&, const ParameterStatistics&) = default;
};

/// Statistics over all values that a layer gives for some training images at the end of an epoch,
/// without dropout and with running statistics.
struct ActivationStatistics {
  double rms = 0;
  double mean_absolute = 0;
  /// The share of channels or units that are 0 for every image and position. 0 if the layer does
  /// not end in a ReLU.
  double dead = 0;
  friend bool operator==(const ActivationStatistics&, const ActivationStatistics&) = default;
};

struct EpochStatistics {
  std::int64_t steps = 0;                       ///< updates in the epoch
  std::vector<ParameterStatistics> parameters;  ///< as Layout::parameters; frozen ones are all 0
  /// In the order of Network::nodes. Measured at the end of training, and in earlier epochs as
  /// often as the cost is negligible; otherwise empty.
  std::vector<ActivationStatistics> activations;
  friend bool operator==(const EpochStatistics&, const EpochStatistics&) = default;
};

/// One update.
struct StepStatistics {
  std::int64_t step = 0;  ///< updates of this training so far, over all epochs; 1 for the first
  int epoch = 0;          ///< 1 for the first
  std::vector<ParameterStatistics> parameters;  ///< as Layout::parameters; frozen ones are all 0
};

enum class Severity {
  note,     ///< good to know
  warning,  ///< the result could be better
  problem,  ///< the training did not work as it should
};
std::string name_of(Severity severity);

struct Evidence {
  std::string name;  ///< "gap at the end"
  double value = 0;
  friend bool operator==(const Evidence&, const Evidence&) = default;
};

/// Something that was found in a training, and advice that was measured to help.
struct Verdict {
  /// "over-fitting", "under-fitting", "vanishing-gradients", "exploding-gradients", "dead-units",
  /// "scale-invariant-layers", "penalty-dominates", "penalty-never-moves" or "too-few-steps". If
  /// the training diverged: "penalty-too-strong", "learning-rate-too-high" or "diverged".
  std::string kind;
  Severity severity = Severity::note;
  std::vector<std::string> layers;  ///< the layers concerned; empty: the whole network
  std::string sentence;
  std::vector<Evidence> evidence;
  std::string advice;  ///< empty if nothing is known to help
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

}  // namespace ridgeline
