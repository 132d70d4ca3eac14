#include "select/surrogate/curve_model.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "select/surrogate/cholesky.hpp"
#include "select/surrogate/matern.hpp"
#include "tensor/random.hpp"

namespace ridgeline::selection {
namespace {

constexpr std::size_t grid_points = 81;
constexpr std::size_t functions = 512;  // that are drawn
constexpr double level_deviation = 10;  // of a fold's level, in units of the scale
constexpr double trend_width = 2;       // decades over which the trend changes by its amplitude
constexpr double trend_share = 0.5;     // of the amplitude
constexpr double unknown_error = 0.05;  // of a score, in units of the scale
constexpr double least_weight = 1e-4;   // of the best setting of the model

constexpr std::array lengths{0.7, 1.2, 2.0, 3.5};  // decades
constexpr std::array amplitudes{0.7, 1.5, 3.0};    // in units of the scale
constexpr std::array noises{0.5, 1.0, 2.0, 4.0};   // in units of the standard error
constexpr std::array moves{-0.3, 0.0, 0.3, 0.6, 0.9, 1.2};
constexpr std::array powers{0.0, 0.35};
constexpr double difference = 0.2;  // of d_s, in units of the amplitude

struct Setting {
  double length, amplitude, noise, move, power;
};

double log_normal(double value, double mean, double deviation) {
  const double z = (value - mean) / deviation;
  return -z * z / 2;
}

double log_prior(const Setting& s) {
  return log_normal(std::log(s.length), std::log(1.5), 0.6) +
         log_normal(std::log(s.noise), std::log(1.4), 0.7) + log_normal(s.move, 0.3, 0.5);
}

double correlation(double distance, double length) {
  return matern(std::sqrt(5.0) * std::abs(distance) / length);
}

// The transformed scores. Each level, that of a fold and a share, is measured from its lowest
// score.
struct Transformed {
  std::vector<CurvePoint> points;  // score and error are transformed
  std::vector<int> level;          // of each point
  double scale = 1;
};

// Differences of this size are large: half of the scores differ more from the lowest.
double scale_of(const std::vector<CurvePoint>& points,
                const std::map<std::pair<int, double>, double>& lowest) {
  std::vector<double> above;
  double error = 0;
  for (const CurvePoint& p : points) {
    const double difference = p.score - lowest.at({p.fold, p.share});
    if (difference > 0) above.push_back(difference);
    if (std::isfinite(p.error)) error = std::max(error, p.error);
  }
  std::ranges::sort(above);
  const double median = above.empty() ? 0 : above[above.size() / 2];
  const double scale = std::max(median, 3 * error);
  return scale > 0 ? scale : 1;
}

Transformed transformed(const std::vector<CurvePoint>& points) {
  std::map<std::pair<int, double>, double> lowest;
  for (const CurvePoint& p : points) {
    const auto [at, fresh] = lowest.try_emplace({p.fold, p.share}, p.score);
    at->second = std::min(at->second, p.score);
  }
  Transformed result{points, {}, scale_of(points, lowest)};
  for (CurvePoint& p : result.points) {
    const auto level = lowest.find({p.fold, p.share});
    result.level.push_back(static_cast<int>(std::distance(lowest.begin(), level)));
    const double above = (p.score - level->second) / result.scale;
    p.score = std::log1p(above);
    const bool known = std::isfinite(p.error) && p.error > 0;
    p.error = (known ? p.error / result.scale : unknown_error) / (1 + above);
  }
  return result;
}

/// The covariance of the score at two places, without levels and noise.
class Kernel {
 public:
  Kernel(const Setting& setting, double centre) : s_(setting), centre_(centre) {}

  double operator()(double x, double share, double other_x, double other_share) const {
    const double moved = x + s_.move * std::log10(share);
    const double other_moved = other_x + s_.move * std::log10(other_share);
    const double u = (moved - centre_) / trend_width, v = (other_moved - centre_) / trend_width;
    double sum =
        correlation(moved - other_moved, s_.length) + trend_share * (u * v + u * u * v * v);
    if (share == other_share && share < 1) {
      sum += difference * difference * correlation(x - other_x, s_.length);
    }
    return s_.amplitude * s_.amplitude * std::pow(share * other_share, s_.power) * sum;
  }

 private:
  const Setting& s_;
  double centre_;
};

// The scores under one setting: their factorized covariance, the solution for them, and how likely
// they are.
struct Fitted {
  Setting setting;
  Matrix factor{0};
  std::vector<double> solved;  // L x = scores
  double log_weight = 0;
};

Fitted fit(const Transformed& data, const Setting& setting, double centre) {
  const auto& points = data.points;
  const Kernel kernel(setting, centre);
  Fitted fitted{setting, Matrix(points.size()), {}, 0};
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double covariance = kernel(points[i].x, points[i].share, points[j].x, points[j].share);
      if (data.level[i] == data.level[j]) covariance += level_deviation * level_deviation;
      if (i == j) covariance += std::pow(setting.noise * points[i].error, 2);
      fitted.factor(i, j) = covariance;
    }
    fitted.solved.push_back(points[i].score);
  }
  factorize(fitted.factor, 1e-12);
  solve_lower(fitted.factor, fitted.solved);
  const double square =
      std::inner_product(fitted.solved.begin(), fitted.solved.end(), fitted.solved.begin(), 0.0);
  fitted.log_weight = log_prior(setting) - log_determinant_half(fitted.factor) - square / 2;
  return fitted;
}

std::vector<Setting> settings(bool shares) {
  std::vector<Setting> all;
  for (const double length : lengths) {
    for (const double amplitude : amplitudes) {
      for (const double noise : noises) {
        for (const double move : moves) {
          for (const double power : powers) {
            all.push_back({length, amplitude, noise, move, power});
            if (!shares) break;
          }
        }
      }
    }
  }
  return all;
}

// Those that explain the scores, and their weights, which add up to 1.
std::vector<Fitted> fitted_settings(const Transformed& data, double centre) {
  const bool shares =
      std::ranges::any_of(data.points, [](const CurvePoint& p) { return p.share < 1; });
  std::vector<Fitted> all;
  double best = -1e300;
  for (const Setting& setting : settings(shares)) {
    all.push_back(fit(data, setting, centre));
    best = std::max(best, all.back().log_weight);
  }
  std::erase_if(all, [&](const Fitted& f) { return f.log_weight < best + std::log(least_weight); });
  double sum = 0;
  for (Fitted& f : all) sum += f.log_weight = std::exp(f.log_weight - best);
  for (Fitted& f : all) f.log_weight /= sum;
  return all;
}

// Draws `count` functions on the grid, at share 1.
void draw(const Transformed& data, const Fitted& fitted, const std::vector<double>& x,
          double centre, std::size_t count, Random& random,
          std::vector<std::vector<double>>& functions) {
  const Kernel kernel(fitted.setting, centre);
  const auto& points = data.points;
  std::vector<std::vector<double>> explained(x.size());
  std::vector<double> mean(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    std::vector<double>& v = explained[i];
    for (const CurvePoint& p : points) v.push_back(kernel(x[i], 1, p.x, p.share));
    solve_lower(fitted.factor, v);
    mean[i] = std::inner_product(v.begin(), v.end(), fitted.solved.begin(), 0.0);
  }
  Matrix covariance(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      covariance(i, j) =
          kernel(x[i], 1, x[j], 1) -
          std::inner_product(explained[i].begin(), explained[i].end(), explained[j].begin(), 0.0);
    }
    covariance(i, i) += 1e-9;
  }
  factorize(covariance, 1e-12);
  for (std::size_t n = 0; n < count; ++n) {
    std::vector<double> normal(x.size()), values = mean;
    for (double& value : normal) value = random.normal();
    for (std::size_t i = 0; i < x.size(); ++i) {
      for (std::size_t j = 0; j <= i; ++j) values[i] += covariance(i, j) * normal[j];
    }
    functions.push_back(std::move(values));
  }
}

MeanAndDeviation moments(double sum, double square, std::size_t count) {
  const double n = static_cast<double>(count), mean = sum / n;
  return {mean, std::sqrt(std::max(0.0, square / n - mean * mean))};
}

}  // namespace

CurveModel::CurveModel(const std::vector<CurvePoint>& points, const CurveOptions& options) {
  for (std::size_t i = 0; i < grid_points; ++i) {
    x_.push_back(options.low + (options.high - options.low) * static_cast<double>(i) /
                                   static_cast<double>(grid_points - 1));
  }
  const Transformed data = transformed(points);
  const double centre = (options.low + options.high) / 2;
  const std::vector<Fitted> fits = fitted_settings(data, centre);

  std::vector<std::vector<double>> drawn;
  Random random(options.seed, Purpose::sample, points.size());
  double cumulated = 0, move = 0, move_square = 0;
  for (const Fitted& f : fits) {
    cumulated += f.log_weight;
    const auto until = static_cast<std::size_t>(std::lround(cumulated * functions));
    if (until > drawn.size()) draw(data, f, x_, centre, until - drawn.size(), random, drawn);
    move += f.log_weight * f.setting.move;
    move_square += f.log_weight * f.setting.move * f.setting.move;
  }
  exponent_ = moments(move, move_square, 1);

  // The transformation is undone around the minimum of each function.
  std::vector<double> sum(x_.size()), square(x_.size());
  for (std::vector<double>& f : drawn) {
    const auto lowest = std::ranges::min_element(f);
    const double minimum = *lowest;
    minima_.push_back(x_[static_cast<std::size_t>(lowest - f.begin())]);
    for (std::size_t i = 0; i < f.size(); ++i) {
      f[i] = data.scale * std::expm1(f[i] - minimum);
      sum[i] += f[i];
      square[i] += f[i] * f[i];
    }
  }
  std::ranges::sort(minima_);
  best_ = static_cast<std::size_t>(std::ranges::min_element(sum) - sum.begin());
  for (std::size_t i = 0; i < x_.size(); ++i) {
    regret_.push_back(moments(sum[i], square[i], drawn.size()));
    double above = 0, above_square = 0;
    for (const std::vector<double>& f : drawn) {
      const double difference = f[i] - f[best_];
      above += difference;
      above_square += difference * difference;
    }
    above_best_.push_back(moments(above, above_square, drawn.size()));
  }
}

std::size_t CurveModel::index(double x) const {
  const double place =
      (x - x_.front()) / (x_.back() - x_.front()) * static_cast<double>(x_.size() - 1);
  return static_cast<std::size_t>(
      std::clamp(std::lround(place), 0L, static_cast<long>(x_.size()) - 1));
}

double CurveModel::minimum(double probability) const {
  const auto at = static_cast<std::size_t>(probability * static_cast<double>(minima_.size()));
  return minima_[std::min(at, minima_.size() - 1)];
}

}  // namespace ridgeline::selection
