#pragma once
// Every figure, and its source.

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

/// A line without points yet.
inline Line line(std::string label, int colour, bool dashed = false) {
  return {.label = std::move(label), .points = {}, .dashed = dashed, .colour = colour};
}

// A figure has no points if none were measured.

/// Accuracy and loss, in training and on the test set, over the strength of one penalty.
Figure l2_figure(const Source& source);
Figure l1_figure(const Source& source);
Figure decay_figure(const Source& source);
/// The effect of L2 and L1 on the weights: one shrinks them, the other makes zeros.
Figure shrinkage_figure(const Source& source);
/// The distribution of the dense layer's weights.
Figure weights_figure(const Source& source);
/// Each regulariser alone and with L2.
Figure weapons_figure(const Source& source);
/// The others in the same way, and penalties and bounds on whole kernels, for `further_data`.
Figure further_figure(const Source& source);

/// The gradient along the depth of deep networks, without and with L2.
Figure depth_figure(const Source& source);
/// The same for one network: with changes to it, and with other regularisers in place of L2.
Figure remedies_figure(const Source& source);

}  // namespace study
