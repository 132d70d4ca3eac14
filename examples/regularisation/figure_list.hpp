#pragma once
// Every figure, and what they are drawn from.

#include <string>

#include "plot.hpp"
#include "records.hpp"

namespace study {

struct Source {
  const Records& records;
  std::string data;    ///< "cifar10"
  std::string title;   ///< "CIFAR-10"
  std::string course;  ///< how it was trained
};

/// The note under a figure whose points are means over the seeds.
inline std::string with_seeds(const Source& source) {
  return source.course + "; bars: one standard error over the seeds";
}

/// A line still without points.
inline Line line(std::string label, int colour, bool dashed = false) {
  return {.label = std::move(label), .points = {}, .dashed = dashed, .colour = colour};
}

// Each is without any points where nothing of it was measured.

/// Accuracy and loss, in training and on the test set, over the strength of one penalty.
Figure l2_figure(const Source& source);
Figure l1_figure(const Source& source);
Figure decay_figure(const Source& source);
/// What L2 and L1 do to the weights: one shrinks them, the other makes zeros.
Figure shrinkage_figure(const Source& source);
/// How the weights of the dense layer are spread.
Figure weights_figure(const Source& source);
/// Each regulariser alone and with L2.
Figure weapons_figure(const Source& source);
/// The others in the same way, and penalties and bounds on whole kernels, of `further_data`.
Figure further_figure(const Source& source);

/// The gradient along the depth of deep networks, without and with L2.
Figure depth_figure(const Source& source);
/// The same of one of them: with changes to the network, and with others instead of L2.
Figure remedies_figure(const Source& source);

}  // namespace study
