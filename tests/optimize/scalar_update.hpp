#pragma once
// The whole update of DESIGN's order in plain double-precision loops over scalars, written from
// the papers' formulas: what optimisers and the update pass are compared with.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "ridgeline/regularize.hpp"

namespace ridgeline::optimize {

using Tensors = std::vector<std::vector<double>>;

struct ScalarSetting {
  std::string kind = "sgd";  // or "adam"
  double learning_rate = 0.1;
  double momentum = 0;
  bool nesterov = false;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7;
  double clip_norm = 0, clip_value = 0;
  std::vector<Penalty> penalties;  // one per tensor
};

class ScalarUpdate {
 public:
  ScalarUpdate(ScalarSetting setting, Tensors start)
      : setting_(std::move(setting)),
        weights_(std::move(start)),
        first_(zeros()),
        second_(zeros()) {}

  const Tensors& weights() const { return weights_; }

  void step(const Tensors& gradients) {
    ++t_;
    const double scale = clip_scale(gradients);
    for (std::size_t p = 0; p < weights_.size(); ++p) {
      for (std::size_t i = 0; i < weights_[p].size(); ++i) {
        weights_[p][i] = updated(p, i, clipped(scale * gradients[p][i]));
      }
    }
  }

 private:
  struct Move {
    double step, metric;
  };

  Tensors zeros() const {
    Tensors result = weights_;
    for (auto& tensor : result) std::fill(tensor.begin(), tensor.end(), 0);
    return result;
  }

  double clip_scale(const Tensors& gradients) const {
    if (setting_.clip_norm == 0) return 1;
    double square = 0;
    for (const auto& tensor : gradients) {
      for (const double g : tensor) square += g * g;
    }
    return std::min(1.0, setting_.clip_norm / std::sqrt(square));
  }

  double clipped(double g) const {
    const double limit = setting_.clip_value;
    return limit == 0 ? g : std::clamp(g, -limit, limit);
  }

  double updated(std::size_t p, std::size_t i, double data_gradient) {
    const Penalty& penalty = setting_.penalties[p];
    const double w = weights_[p][i], g = data_gradient + penalty.l2 * w;
    const auto [step, metric] = setting_.kind == "adam" ? adam(p, i, g) : sgd(p, i, g);
    const double moved = (1 - setting_.learning_rate * penalty.decay) * w - step;
    const double threshold = metric * penalty.l1;
    return std::abs(moved) <= threshold ? 0 : moved - std::copysign(threshold, moved);
  }

  Move sgd(std::size_t p, std::size_t i, double g) {
    const double mu = setting_.momentum;
    const double v = first_[p][i] = mu * first_[p][i] + g;
    return {setting_.learning_rate * (setting_.nesterov ? g + mu * v : v),
            setting_.learning_rate / (1 - mu)};
  }

  Move adam(std::size_t p, std::size_t i, double g) {
    const double b1 = setting_.beta1, b2 = setting_.beta2;
    const double m = first_[p][i] = b1 * first_[p][i] + (1 - b1) * g;
    const double v = second_[p][i] = b2 * second_[p][i] + (1 - b2) * g * g;
    const double unbiased_m = m / (1 - std::pow(b1, t_)), unbiased_v = v / (1 - std::pow(b2, t_));
    const double metric = setting_.learning_rate / (std::sqrt(unbiased_v) + setting_.epsilon);
    return {metric * unbiased_m, metric};
  }

  ScalarSetting setting_;
  Tensors weights_, first_, second_;
  int t_ = 0;
};

}  // namespace ridgeline::optimize
