#pragma once
// The curve of scores over the values of one key, drawn in characters.

#include <string>

#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

struct CurveStyle {
  int width = 78;   ///< columns of all; at least 40
  int height = 16;  ///< rows of the plot itself; at least 6
  bool utf8 = true;
  bool colours = false;
};

/// The validation and the training curve of `metric` ("val_data_loss", ...), the former with its
/// standard errors, over the values of one key. The axis is logarithmic, with a separate 0 at the
/// left, if the values span more than a factor of 20. A score far outside is an arrow at the edge;
/// a diverged trial is a cross. Every line ends in '\n'. Empty if several keys were searched or
/// fewer than two trials are done.
std::string draw_curve(const Selection& selection, const std::string& metric,
                       const CurveStyle& style = {});

}  // namespace ridgeline::selection
