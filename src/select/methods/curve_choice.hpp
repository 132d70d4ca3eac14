#pragma once
// What a model of the curve chooses by a rule, and how the curve is drawn.

#include <string_view>
#include <vector>

#include "select/methods/method.hpp"
#include "select/methods/scale.hpp"
#include "select/surrogate/curve_model.hpp"

namespace ridgeline::selection {

struct CurveChoice {
  const Scale& scale;
  const CurveModel& curve;
  const std::vector<CurvePoint>& points;  ///< that the model learnt from
  double error = 0;                       ///< the standard error of a score
  double sign = 1;                        ///< -1: a higher score is better
  bool simpler_is_lower = false;          ///< for one-standard-error
};

/// By "best" or "one-standard-error". `tied` are the values whose expected score is within one
/// standard error of the best.
ModelChoice choose(const CurveChoice& from, std::string_view rule);

}  // namespace ridgeline::selection
