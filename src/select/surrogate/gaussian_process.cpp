#include "select/surrogate/gaussian_process.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "select/surrogate/matern.hpp"

namespace ridgeline::selection {
namespace {

constexpr std::array lengths{0.08, 0.15, 0.3, 0.6, 1.2, 2.4};
constexpr std::array amplitudes{0.3, 0.6, 1.2, 2.4};
constexpr std::array noises{0.01, 0.03, 0.1, 0.3};  // in addition to the known part
constexpr int sweeps = 3;

double log_normal(double value, double mean, double deviation) {
  const double z = (std::log(value) - std::log(mean)) / deviation;
  return -z * z / 2;
}

}  // namespace

GaussianProcess::GaussianProcess(std::vector<Observation> observations)
    : observations_(std::move(observations)) {
  compress();
  setting_.lengths.assign(observations_.front().point.size(), 0.3);
  fit_ = fit(setting_);
  // One setting after the other takes its most probable value.
  const auto improve = [&](double& value, const auto& choices) {
    double best = value;
    for (const double choice : choices) {
      value = choice;
      Fit other = fit(setting_);
      if (other.log_probability <= fit_.log_probability) continue;
      best = choice;
      fit_ = std::move(other);
    }
    value = best;
  };
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    improve(setting_.noise, noises);
    improve(setting_.amplitude, amplitudes);
    for (double& length : setting_.lengths) improve(length, lengths);
  }
  lowest_ = std::numeric_limits<double>::infinity();
  for (const Observation& o : observations_) lowest_ = std::min(lowest_, at(o.point).mean);
}

void GaussianProcess::compress() {
  const double lowest = std::ranges::min(observations_, {}, &Observation::score).score;
  std::vector<double> above;
  double error = 0;
  for (const Observation& o : observations_) {
    if (o.score > lowest) above.push_back(o.score - lowest);
    error = std::max(error, o.error);
  }
  std::ranges::sort(above);
  scale_ = std::max(above.empty() ? 0 : above[above.size() / 2], 3 * error);
  if (!(scale_ > 0)) scale_ = 1;
  for (Observation& o : observations_) {
    const double distance = (o.score - lowest) / scale_;
    o.error /= scale_ * (1 + distance);
    o.score = std::log1p(distance);
    mean_ += o.score / static_cast<double>(observations_.size());
  }
}

double GaussianProcess::kernel(const Setting& setting, const std::vector<double>& a,
                               const std::vector<double>& b) const {
  double square = 0;
  for (std::size_t axis = 0; axis < a.size(); ++axis) {
    square += std::pow((a[axis] - b[axis]) / setting.lengths[axis], 2);
  }
  return setting.amplitude * setting.amplitude * matern(std::sqrt(5 * square));
}

GaussianProcess::Fit GaussianProcess::fit(const Setting& setting) const {
  const std::size_t count = observations_.size();
  Fit fit{Matrix(count), {}, 0};
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      fit.factor(i, j) = kernel(setting, observations_[i].point, observations_[j].point);
    }
    fit.factor(i, i) += std::pow(setting.noise, 2) + std::pow(observations_[i].error, 2);
    fit.solved.push_back(observations_[i].score - mean_);
  }
  factorize(fit.factor, 1e-12);
  solve_lower(fit.factor, fit.solved);
  const double square =
      std::inner_product(fit.solved.begin(), fit.solved.end(), fit.solved.begin(), 0.0);
  fit.log_probability = log_normal(setting.amplitude, 0.8, 1) + log_normal(setting.noise, 0.05, 1) -
                        log_determinant_half(fit.factor) - square / 2;
  for (const double length : setting.lengths) {
    fit.log_probability += log_normal(length, 0.4, 0.8);
  }
  return fit;
}

Prediction GaussianProcess::at(const std::vector<double>& point) const {
  std::vector<double> v;
  for (const Observation& o : observations_) v.push_back(kernel(setting_, point, o.point));
  solve_lower(fit_.factor, v);
  const double mean = std::inner_product(v.begin(), v.end(), fit_.solved.begin(), mean_);
  const double explained = std::inner_product(v.begin(), v.end(), v.begin(), 0.0);
  const double variance = std::pow(setting_.amplitude, 2) - explained;
  return {mean, std::sqrt(std::max(variance, 0.0))};
}

double GaussianProcess::expected_improvement(const std::vector<double>& point) const {
  const auto [mean, deviation] = at(point);
  if (deviation <= 0) return std::max(lowest_ - mean, 0.0);
  const double z = (lowest_ - mean) / deviation;
  const double density = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
  const double probability = std::erfc(-z / std::numbers::sqrt2) / 2;
  return deviation * (z * probability + density);
}

double GaussianProcess::uncompressed(double difference) const {
  return scale_ * std::expm1(difference);
}

}  // namespace ridgeline::selection
