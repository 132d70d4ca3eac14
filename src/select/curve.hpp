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
/// standard errors, over the one key's values: on their logarithm, with 0 set apart at the left,
/// where they span more than a factor of 20. What is far off on the bad side is an arrow at the
/// edge, a diverged trial a cross. Every line ends in '\n'. Empty where several keys were searched
/// or fewer than two trials are done.
std::string draw_curve(const Selection& selection, const std::string& metric,
                       const CurveStyle& style = {});

}  // namespace ridgeline::selection
