#pragma once
// The whole update in plain double-precision loops over scalars, written from the papers' formulas.
// Optimisers and the update pass are compared with it.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "optimize/tensors.hpp"
#include "ridgeline/optimizers.hpp"
#include "ridgeline/regularize.hpp"

namespace ridgeline::optimize {

struct ScalarSetting {
  std::string kind = "sgd";  // or adam, nadam, radam, rmsprop, adagrad, lion
  double learning_rate = 0.1;
  double momentum = 0;
  bool nesterov = false;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7;
  double momentum_decay = 4e-3;
  double rho = 0.9;
  bool centered = false;
  double initial_accumulator = 0.1;
  double clip_norm = 0, clip_value = 0;
  std::vector<Penalty> penalties;  // one per tensor
};

/// The optimiser with this setting.
inline OptimizerSetting setting_of(const ScalarSetting& s) {
  const Adam adam_options{.beta1 = s.beta1, .beta2 = s.beta2, .epsilon = s.epsilon};
  OptimizerSetting setting;
  if (s.kind == "adam") {
    setting = adam(adam_options);
  } else if (s.kind == "radam") {
    setting = radam(adam_options);
  } else if (s.kind == "nadam") {
    setting = nadam({.beta1 = s.beta1,
                     .beta2 = s.beta2,
                     .epsilon = s.epsilon,
                     .momentum_decay = s.momentum_decay});
  } else if (s.kind == "rmsprop") {
    setting = rmsprop(
        {.rho = s.rho, .momentum = s.momentum, .epsilon = s.epsilon, .centered = s.centered});
  } else if (s.kind == "adagrad") {
    setting = adagrad({.initial_accumulator = s.initial_accumulator, .epsilon = s.epsilon});
  } else if (s.kind == "lion") {
    setting = lion({.beta1 = s.beta1, .beta2 = s.beta2});
  } else {
    setting = sgd({.momentum = s.momentum, .nesterov = s.nesterov});
  }
  setting.learning_rate = s.learning_rate;
  setting.clip_norm = s.clip_norm;
  setting.clip_value = s.clip_value;
  return setting;
}

class ScalarUpdate {
 public:
  ScalarUpdate(ScalarSetting setting, Tensors start)
      : setting_(std::move(setting)),
        weights_(std::move(start)),
        first_(zeros()),
        second_(zeros()),
        third_(zeros()) {}

  const Tensors& weights() const { return weights_; }

  void step(const Tensors& gradients) {
    ++t_;
    momenta_ *= momentum(t_);
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
    const auto [step, metric] = move(p, i, g);
    const double moved = (1 - setting_.learning_rate * penalty.decay) * w - step;
    const double threshold = metric * penalty.l1;
    return std::abs(moved) <= threshold ? 0 : moved - std::copysign(threshold, moved);
  }

  Move move(std::size_t p, std::size_t i, double g) {
    if (setting_.kind == "adam") return adam(p, i, g);
    if (setting_.kind == "nadam") return nadam(p, i, g);
    if (setting_.kind == "radam") return radam(p, i, g);
    if (setting_.kind == "rmsprop") return rmsprop(p, i, g);
    if (setting_.kind == "adagrad") return adagrad(p, i, g);
    if (setting_.kind == "lion") return lion(p, i, g);
    return sgd(p, i, g);
  }

  Move sgd(std::size_t p, std::size_t i, double g) {
    const double mu = setting_.momentum;
    const double v = first_[p][i] = mu * first_[p][i] + g;
    return {setting_.learning_rate * (setting_.nesterov ? g + mu * v : v),
            setting_.learning_rate / (1 - mu)};
  }

  struct Averages {
    double m, v;                    // of g and g^2
    double unbiased_m, unbiased_v;  // divided by 1 - beta^t
  };

  Averages average(std::size_t p, std::size_t i, double g) {
    const double b1 = setting_.beta1, b2 = setting_.beta2;
    const double m = first_[p][i] = b1 * first_[p][i] + (1 - b1) * g;
    const double v = second_[p][i] = b2 * second_[p][i] + (1 - b2) * g * g;
    return {m, v, m / (1 - std::pow(b1, t_)), v / (1 - std::pow(b2, t_))};
  }

  Move adam(std::size_t p, std::size_t i, double g) {
    const Averages a = average(p, i, g);
    const double metric = setting_.learning_rate / (std::sqrt(a.unbiased_v) + setting_.epsilon);
    return {metric * a.unbiased_m, metric};
  }

  double momentum(int t) const {
    return setting_.beta1 * (1 - 0.5 * std::pow(0.96, t * setting_.momentum_decay));
  }

  // If the gradient has always been the same, m is g times 1 - b1^t.
  Move nadam(std::size_t p, std::size_t i, double g) {
    const Averages a = average(p, i, g);
    const double metric = setting_.learning_rate / (std::sqrt(a.unbiased_v) + setting_.epsilon);
    const double now = (1 - momentum(t_)) / (1 - momenta_);
    const double past = momentum(t_ + 1) / (1 - momenta_ * momentum(t_ + 1));
    return {metric * (now * g + past * a.m),
            metric * (now + past * (1 - std::pow(setting_.beta1, t_)))};
  }

  Move radam(std::size_t p, std::size_t i, double g) {
    const Averages a = average(p, i, g);
    const double b2 = setting_.beta2, longest = 2 / (1 - b2) - 1;
    const double length = longest - 2 * t_ * std::pow(b2, t_) / (1 - std::pow(b2, t_));
    if (length <= 5) return {setting_.learning_rate * a.unbiased_m, setting_.learning_rate};
    const double rectified =
        std::sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length));
    const double adaptive = std::sqrt(1 - std::pow(b2, t_)) / (std::sqrt(a.v) + setting_.epsilon);
    const double metric = setting_.learning_rate * rectified * adaptive;
    return {metric * a.unbiased_m, metric};
  }

  Move rmsprop(std::size_t p, std::size_t i, double g) {
    const double rho = setting_.rho;
    double v = second_[p][i] = rho * second_[p][i] + (1 - rho) * g * g;
    if (setting_.centered) {
      const double mean = third_[p][i] = rho * third_[p][i] + (1 - rho) * g;
      v -= mean * mean;
    }
    const double inverse = 1 / (std::sqrt(v) + setting_.epsilon);
    const double b = first_[p][i] = setting_.momentum * first_[p][i] + g * inverse;
    return {setting_.learning_rate * b, setting_.learning_rate * inverse / (1 - setting_.momentum)};
  }

  Move adagrad(std::size_t p, std::size_t i, double g) {
    second_[p][i] += g * g;
    const double metric =
        setting_.learning_rate /
        (std::sqrt(setting_.initial_accumulator + second_[p][i]) + setting_.epsilon);
    return {metric * g, metric};
  }

  Move lion(std::size_t p, std::size_t i, double g) {
    const double b1 = setting_.beta1, b2 = setting_.beta2, m = first_[p][i];
    const double towards = b1 * m + (1 - b1) * g;
    first_[p][i] = b2 * m + (1 - b2) * g;
    return {setting_.learning_rate * ((towards > 0) - (towards < 0)), 0};
  }

  ScalarSetting setting_;
  Tensors weights_, first_, second_, third_;
  int t_ = 0;
  double momenta_ = 1;  // for NAdam: the product so far
};

}  // namespace ridgeline::optimize
