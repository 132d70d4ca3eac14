#include "select/axes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ridgeline::selection {
namespace {

constexpr double wide = 20;        // a larger factor between values makes the axis logarithmic
constexpr double far_off = 3;      // times the middle score's distance from the best,
constexpr double far_errors = 10;  // or this many standard errors
constexpr double space_below = 2;  // for training scores, in heights of the validation scores

}  // namespace

std::string short_number(double value) {
  if (value == 0 || (std::abs(value) >= 1e-3 && std::abs(value) < 1e4)) {
    return fmt::format("{:.3g}", value);
  }
  const int exponent = static_cast<int>(std::floor(std::log10(std::abs(value)) + 1e-9));
  return fmt::format("{:.3g}e{}", value / std::pow(10, exponent), exponent);
}

ValueAxis::ValueAxis(std::vector<double> values, int columns) : left_(2), columns_(columns) {
  std::ranges::sort(values);
  const auto positive = std::ranges::upper_bound(values, 0.0);
  high_ = values.back();
  log_ = values.front() >= 0 && positive != values.end() && high_ > wide * *positive;
  zero_apart_ = log_ && values.front() == 0;
  low_ = zero_apart_ ? *positive : values.front();
  if (zero_apart_) left_ = 9;
}

double ValueAxis::share(double value) const {
  if (high_ == low_) return 0;
  return log_ ? std::log(value / low_) / std::log(high_ / low_) : (value - low_) / (high_ - low_);
}

int ValueAxis::column(double value) const {
  if (zero_apart_ && value == 0) return 2;
  return left_ + static_cast<int>(std::lround(share(value) * (columns_ - 5 - left_)));
}

std::vector<std::pair<int, std::string>> ValueAxis::ticks() const {
  std::vector<double> values;
  if (zero_apart_) values.push_back(0);
  if (log_) {
    const double slack = 1e-9;
    for (double e = std::ceil(std::log10(low_) - slack); e <= std::log10(high_) + slack; ++e) {
      values.push_back(std::pow(10, e));
    }
  }
  if (static_cast<int>(values.size()) - (zero_apart_ ? 1 : 0) < 2) {
    values.insert(values.end(), {low_, high_});
    if (!log_) values.insert(values.end() - 1, (low_ + high_) / 2);
  }
  std::vector<std::pair<int, std::string>> ticks;
  int free_from = 0;
  for (const double value : values) {
    std::string label = short_number(value);
    const int at = column(value), half = static_cast<int>(label.size()) / 2;
    if (at - half < free_from) continue;
    free_from = at + half + 2;
    ticks.emplace_back(at, std::move(label));
  }
  return ticks;
}

ScoreRange score_range(const std::vector<ScorePoint>& points, bool higher_is_better) {
  const double sign = higher_is_better ? -1 : 1;  // so that lower is better
  std::vector<double> scores;
  double error = 0;
  for (const ScorePoint& p : points) {
    scores.push_back(sign * p.score);
    error = std::max(error, p.error);
  }
  std::ranges::sort(scores);
  const double best = scores.front();
  const double limit =
      best + std::max(far_off * (scores[scores.size() / 2] - best), far_errors * error);
  double worst = best, low = best;
  for (const ScorePoint& p : points) {
    if (sign * p.score <= limit) worst = std::max(worst, sign * p.score + p.error);
    low = std::min(low, sign * p.score - p.error);
  }
  for (const ScorePoint& p : points) {
    if (sign * p.training <= limit) worst = std::max(worst, sign * p.training);
  }
  const double lowest = low - space_below * (worst - low);
  for (const ScorePoint& p : points) {
    if (sign * p.training >= lowest) low = std::min(low, sign * p.training);
  }
  if (!(worst > low)) {  // all scores are equal
    const double margin = std::max(std::abs(best), 1e-6) / 2;
    low -= margin;
    worst += margin;
  }
  return higher_is_better ? ScoreRange{-worst, -low} : ScoreRange{low, worst};
}

}  // namespace ridgeline::selection
