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

/// A penalty that makes weights grow by itself: each step takes off twice their size or more.
struct Overshoot {
  std::string key;    ///< the key in [regularize]: "l2"
  double share = 0;   ///< the share of a weight that a step takes off: strength times learning rate
  std::string layer;  ///< the layer where it is strongest
};

struct Record {
  const Network& network;
  const Layout& layout;
  std::string_view loss;  ///< its kind
  std::span<const Epoch> epochs;
  bool diverged = false;                    ///< in the last epoch
  std::optional<Overshoot> overshoot = {};  ///< of the penalties at the divergence
  Regularize regularize = {};               ///< of the training
  std::string experiment = {};              ///< the experiment file; empty: there is none
};

/// Parameters that were trained, by their index.
std::vector<std::size_t> trained_kernels(const Record& record);
/// The trained kernels that a penalty shrank.
std::vector<std::size_t> penalised(const Record& record);

/// The name of the layer that a parameter belongs to.
const std::string& layer_of(const Record& record, std::size_t parameter);

/// Whether a layer has the trait.
bool has_layer(const Record& record, bool LayerTraits::*trait);

/// The mean of a parameter's number over the epochs.
double mean(const Record& record, std::size_t parameter, double ParameterStatistics::*field);
/// The same for its logarithm to the base 10. Numbers below 1e-30 count as 1e-30.
double mean_log(const Record& record, std::size_t parameter, double ParameterStatistics::*field);

/// The penalty's share in a parameter's movement, over all epochs; the rest is due to the data
/// gradient. 0.5: the two balance.
double penalty_share(const Record& record, std::size_t parameter);
/// The e-folds by which the penalty alone would have shrunk a parameter: steps * shrink.
double folds(const Record& record, std::size_t parameter);
/// Whether the penalty had the time (an e-fold) to act on all its kernels. If gradients do not
/// reach some layers, even a tiny penalty shrinks the weights of these layers, but only of these.
bool penalty_acted_everywhere(const Record& record);
std::int64_t steps(const Record& record);

/// Its norm at the end, divided by that of Glorot's initialisation: sqrt(2 n / (fan_in +
/// fan_out)) for n weights (Glorot and Bengio, 2010).
double size_at_end(const Record& record, std::size_t kernel);
/// The length of its largest step, divided by its norm.
double largest_step(const Record& record, std::size_t parameter);

/// The data loss of a network with the same output for every image: ln(classes) for
/// cross-entropies, that of the first epoch for other losses.
double untrained_loss(const Record& record);

/// The slope of the line through the points (0, y0), (1, y1), ... by least squares.
double slope(std::span<const double> values);

}  // namespace ridgeline::diagnose
