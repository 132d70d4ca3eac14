// L-BFGS (Liu and Nocedal, Mathematical Programming 45, 1989), in torch.optim.LBFGS's form with
// max_iter = 1 and no line search. s and y are the differences of weights and gradients between
// neighbouring updates. Pairs of the last `history` updates with y.s > 1e-10 count:
//   step = lr H g,  H by two loops over them, from s.y / y.y of the newest times the identity
// or, if there are none, min(1, 1 / |g|_1) lr g. There is no step if the gradient or the descent
// along the step is almost 0.
//
// Update t stores its weights and gradient in the place of pair (t - 1) mod history, and update t +
// 1 makes the pair from them. So the state is only the slots and the number of the step.

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/kernels/update_kernels.hpp"
#include "optimize/optimizers/optimizers.hpp"

namespace ridgeline {
namespace optimize {
namespace {

namespace kernels = engine::kernels;

constexpr double least_gradient = 1e-7, least_curvature = 1e-10, least_descent = 1e-9;

void add(float* to, double factor, const float* from, std::size_t count) {
  const auto f = static_cast<float>(factor);
  for (std::size_t i = 0; i < count; ++i) to[i] += f * from[i];
}

bool vanishes(const float* gradient, std::size_t count) {
  return std::all_of(gradient, gradient + count,
                     [](float g) { return std::abs(g) <= static_cast<float>(least_gradient); });
}

struct Pair {
  const float *s, *y;
  double curvature;  // s.y
};

// direction, which comes as the gradient, becomes H times it.
void precondition(const std::vector<Pair>& pairs, float* direction, std::size_t count) {
  std::vector<double> alphas(pairs.size());
  for (std::size_t k = pairs.size(); k-- > 0;) {
    alphas[k] = kernels::dot(pairs[k].s, direction, count) / pairs[k].curvature;
    add(direction, -alphas[k], pairs[k].y, count);
  }
  const Pair& newest = pairs.back();
  kernels::scale(direction, count,
                 static_cast<float>(newest.curvature / kernels::square_sum(newest.y, count)));
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    const double beta = kernels::dot(pairs[k].y, direction, count) / pairs[k].curvature;
    add(direction, alphas[k] - beta, pairs[k].s, count);
  }
}

}  // namespace

class LbfgsOptimizer final : public SetBy<Lbfgs> {
 public:
  explicit LbfgsOptimizer(const Lbfgs& options) : SetBy("lbfgs", options) {
    check_whole("optimizer.history", options.history, 100);
  }

  int slots() const override { return static_cast<int>(2 * options_.history); }
  Scope scope() const override { return Scope::model; }
  bool has_metric() const override { return false; }

  void step(const StepInfo& info, std::size_t count, const float* gradient, float* const* slots,
            float* step, float* /*metric*/) const override {
    const std::vector<Pair> pairs = make_pairs(info, count, gradient, slots);
    std::copy_n(gradient, count, step);
    double rate = info.learning_rate;
    if (pairs.empty()) {
      rate *= std::min(1.0, 1 / kernels::absolute_sum(gradient, count));
    } else {
      precondition(pairs, step, count);
    }
    const bool settled =
        vanishes(gradient, count) || kernels::dot(gradient, step, count) < least_descent;
    kernels::scale(step, count, settled ? 0 : static_cast<float>(rate));
    // Overwrites the oldest pair, which is no longer needed.
    std::copy_n(info.weights, count, slots[place(info.step)]);
    std::copy_n(gradient, count, slots[options_.history + place(info.step)]);
  }

 private:
  // The place of the pair that begins with this update.
  std::int64_t place(std::int64_t step) const { return (step - 1) % options_.history; }

  // The pairs that count, the oldest first. Completes the newest one.
  std::vector<Pair> make_pairs(const StepInfo& info, std::size_t count, const float* gradient,
                               float* const* slots) const {
    std::vector<Pair> pairs;
    const std::int64_t first = std::max<std::int64_t>(1, info.step - options_.history);
    for (std::int64_t begun = first; begun < info.step; ++begun) {
      float *s = slots[place(begun)], *y = slots[options_.history + place(begun)];
      if (begun + 1 == info.step) {
        for (std::size_t i = 0; i < count; ++i) {
          s[i] = info.weights[i] - s[i];
          y[i] = gradient[i] - y[i];
        }
      }
      const double curvature = kernels::dot(s, y, count);
      if (curvature > least_curvature) pairs.push_back({s, y, curvature});
    }
    return pairs;
  }
};

OptimizerPtr make_lbfgs(const Lbfgs& options) {
  return std::make_shared<LbfgsOptimizer>(options);
}

}  // namespace optimize

OptimizerSetting lbfgs(const Lbfgs& options) {
  OptimizerSetting setting = optimize::setting(optimize::make_lbfgs(options), options);
  setting.full_batch = true;
  return setting;
}

}  // namespace ridgeline
