// NAdam (Dozat, "Incorporating Nesterov momentum into Adam", 2016) in PyTorch's recurrence:
//   mu_t = b1 (1 - 0.96^(t * momentum_decay) / 2);  P_t = mu_1 * ... * mu_t
//   step = lr ((1 - mu_t) g / (1 - P_t) + mu_t+1 m / (1 - P_t+1)) / (sqrt(v / (1 - b2^t)) +
//   epsilon)

#include "optimize/optimizers/moments.hpp"
#include "optimize/optimizers/optimizers.hpp"

namespace ridgeline {
namespace optimize {
namespace {

double momentum(const NAdam& options, std::int64_t t) {
  return options.beta1 * (1 - std::pow(0.96, static_cast<double>(t) * options.momentum_decay) / 2);
}

// P_t. Every thread keeps its last one, since the next needs only one more factor. Values below
// `least` make no difference to 1.
double momentum_product(const NAdam& options, std::int64_t t) {
  struct Product {
    double beta1 = 0, momentum_decay = 0, value = 1;
    std::int64_t t = 0;
  };
  constexpr double least = 1e-20;
  thread_local Product last;
  if (last.beta1 != options.beta1 || last.momentum_decay != options.momentum_decay || last.t > t) {
    last = {.beta1 = options.beta1, .momentum_decay = options.momentum_decay};
  }
  while (last.t < t && last.value > least) last.value *= momentum(options, ++last.t);
  return last.value;
}

}  // namespace

class NAdamOptimizer final : public SetBy<NAdam> {
 public:
  explicit NAdamOptimizer(const NAdam& options) : SetBy("nadam", options) {
    check_averages(options);
    check_range("optimizer.momentum_decay", options.momentum_decay, 0, 1e30);
  }

  int slots() const override { return 2; }

  void step(const StepInfo& info, std::size_t count, const float* gradient, float* const* slots,
            float* step, float* metric) const override {
    Moments moments = adam_moments(options_, info.learning_rate, info.step);
    const double now = momentum(options_, info.step), next = momentum(options_, info.step + 1);
    const double product = momentum_product(options_, info.step);
    const double averaged = 1 - std::pow(options_.beta1, static_cast<double>(info.step));
    moments.rate = info.learning_rate * next / (1 - product * next);
    moments.direct = info.learning_rate * (1 - now) / (1 - product);
    moments.steady = moments.direct + averaged * moments.rate;
    moment_step(moments, {count, gradient, slots, step, metric});
  }
};

OptimizerPtr make_nadam(const NAdam& options) {
  return std::make_shared<NAdamOptimizer>(options);
}

}  // namespace optimize

OptimizerSetting nadam(const NAdam& options) {
  return optimize::setting(optimize::make_nadam(options), options);
}

}  // namespace ridgeline
