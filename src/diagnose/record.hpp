#pragma once
// The input of verdicts: the network and the epochs of its training.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ridgeline/history.hpp"
#include "ridgeline/network.hpp"
#include "ridgeline/regularize.hpp"

namespace ridgeline::diagnose {

/// A penalty that alone makes weights grow: in each step it takes off twice of them or more.
struct Overshoot {
  std::string key;    ///< of [regularize]: "l2"
  double share = 0;   ///< of a weight, in a step: its strength times the learning rate
  std::string layer;  ///< where it is strongest
};

struct Record {
  const Network& network;
  const Layout& layout;
  std::string_view loss;  ///< its kind
  std::span<const Epoch> epochs;
  bool diverged = false;                    ///< in the last of them, which was broken off there
  std::optional<Overshoot> overshoot = {};  ///< of the penalties with which it diverged
  Regularize regularize = {};               ///< what it was trained with
  std::string experiment = {};  ///< the file that it was trained by; empty: there is none
};

/// Parameters that were trained, by their index.
std::vector<std::size_t> trained_kernels(const Record& record);
/// Those that a penalty shrank.
std::vector<std::size_t> penalised(const Record& record);

/// The name of the layer that a parameter belongs to.
const std::string& layer_of(const Record& record, std::size_t parameter);

/// Whether a layer has the trait.
bool has_layer(const Record& record, bool LayerTraits::*trait);

/// The mean over the epochs of a number of a parameter.
double mean(const Record& record, std::size_t parameter, double ParameterStatistics::*field);
/// Likewise of its logarithm to the base 10; numbers below 1e-30 count as that.
double mean_log(const Record& record, std::size_t parameter, double ParameterStatistics::*field);

/// The penalty's share in a parameter's movement, over all epochs; the rest is due to the data
/// gradient. 0.5: the two balance.
double penalty_share(const Record& record, std::size_t parameter);
/// By how many e-folds the penalty alone would have shrunk a parameter: steps * shrink.
double folds(const Record& record, std::size_t parameter);
/// Whether the penalty had the time (an e-fold) to act on all its kernels. If gradients do not
/// reach some layers, even a tiny penalty shrinks the weights of these layers, but only of these.
bool penalty_acted_everywhere(const Record& record);
std::int64_t steps(const Record& record);

/// Its norm at the end over that of what Glorot's initialisation gives, sqrt(2 n / (fan_in +
/// fan_out)) for n weights (Glorot and Bengio, 2010).
double size_at_end(const Record& record, std::size_t kernel);
/// How far the largest of all steps moved it, over its norm.
double largest_step(const Record& record, std::size_t parameter);

/// The data loss of a network that gives every image the same: ln(classes) for cross-entropies, the
/// first epoch's for other losses.
double untrained_loss(const Record& record);

/// The slope of the line through the points (0, y0), (1, y1), ... by least squares.
double slope(std::span<const double> values);

}  // namespace ridgeline::diagnose
