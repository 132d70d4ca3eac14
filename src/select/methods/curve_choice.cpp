#include "select/methods/curve_choice.hpp"

#include <cmath>

namespace ridgeline::selection {
namespace {

// The score of the curve's best value on all images, as the trainings on all images tell it.
double level(const CurveChoice& from) {
  double sum = 0;
  int count = 0;
  for (const CurvePoint& p : from.points) {
    if (p.share != 1) continue;
    sum += p.score - from.curve.above_best(from.curve.index(p.x)).mean;
    ++count;
  }
  return count > 0 ? sum / count : std::nan("");
}

ModelCurve drawn(const Scale& scale, const CurveModel& curve) {
  ModelCurve result;
  result.best = {scale.value(curve.minimum(0.05)), scale.value(curve.minimum(0.95))};
  result.exponent = curve.exponent().mean;
  result.exponent_deviation = curve.exponent().deviation;
  for (std::size_t i = 0; i < curve.x().size(); ++i) {
    result.values.push_back(scale.value(curve.x()[i]));
    result.above_best.push_back(curve.above_best(i).mean);
    result.deviation.push_back(curve.above_best(i).deviation);
  }
  return result;
}

}  // namespace

ModelChoice choose(const CurveChoice& from, std::string_view rule) {
  const auto& [scale, curve, points, error, sign, simpler_is_lower] = from;
  const auto tied = [&](std::size_t i) { return curve.above_best(i).mean <= error; };
  std::size_t low = curve.best(), high = curve.best();
  while (low > 0 && tied(low - 1)) --low;
  while (high + 1 < curve.x().size() && tied(high + 1)) ++high;
  const std::size_t chosen = rule == "best" ? curve.best() : simpler_is_lower ? low : high;

  ModelChoice choice;
  choice.chosen = scale.at(curve.x()[chosen]);
  choice.tied = std::pair(scale.value(curve.x()[low]), scale.value(curve.x()[high]));
  choice.curve = drawn(scale, curve);
  choice.curve->best_score = sign * level(from);
  const MeanAndDeviation& above = curve.above_best(chosen);
  choice.score = sign * (level(from) + above.mean);
  choice.standard_error = std::hypot(above.deviation, error);
  return choice;
}

}  // namespace ridgeline::selection
