#pragma once
// A whole network forward and backward in double precision.

#include <functional>
#include <map>
#include <string>

#include "reference/layers.hpp"
#include "ridgeline/loss.hpp"
#include "ridgeline/network.hpp"

namespace ridgeline::reference {

/// The loss of a batch from the head's values, and its gradient.
using LossFunction = std::function<double(const Batch& head, Values& gradient)>;

struct Problem {
  const Network& network;
  Shape input;
  std::int64_t images = 0;
  Values inputs;                          ///< images x input
  std::map<std::string, Values> weights;  ///< by parameter; statistics too
  Head head = Head::output;
  bool training = true;
  /// Whether dropout of a node keeps an element of an image (for spatial dropout, a channel). If
  /// empty, all are kept.
  std::function<bool(int node, std::int64_t image, std::int64_t element)> keeps;
  /// The Gaussian noise of an element, before it is scaled; none if empty.
  std::function<double(int node, std::int64_t image, std::int64_t element)> noise;
};

struct Result {
  Batch output;  ///< outputs of the head
  double loss = 0;
  double activity = 0;  ///< the mean over the images of the penalties of activations
  std::map<std::string, Values> gradients;  ///< of the loss and the activity penalty
  Values input_gradient;
  Margin margin;
};

Result run(const Problem& problem, const LossFunction& loss);

// Means over the images, as ridgeline/loss.hpp defines them.
LossFunction cross_entropy_of(std::vector<std::int32_t> labels, double smoothing = 0,
                              std::vector<double> class_weights = {});
LossFunction mean_squared_error_of(std::vector<std::int32_t> labels);
LossFunction binary_cross_entropy_of(std::vector<std::int32_t> labels);

}  // namespace ridgeline::reference
