#pragma once
// The kinds of optimisers. g is the gradient of the data loss plus that of the coupled penalty
// (`regularize.l2`). Decoupled decay (`regularize.decay`) is not part of an optimiser: the update
// multiplies the weights by 1 - lr * decay before it subtracts the step. docs/optimizers.md
// compares the kinds.
//
// Recurrences are those of PyTorch. Where the two differ, defaults are those of Keras. All
// functions throw UsageError for options out of range: beta1, beta2, rho and momentum in [0, 1),
// epsilon and trust above 0.

#include "ridgeline/optimizer.hpp"

namespace ridgeline {

struct Sgd {
  Schedule learning_rate = 0.01;
  double momentum = 0;
  bool nesterov = false;
  double clip_norm = 0;
  double clip_value = 0;
};
/// Full-batch gradient descent.
OptimizerSetting gd(const Sgd& options = {});
/// velocity = momentum * velocity + g; step = lr * velocity, or lr * (g + momentum * velocity).
OptimizerSetting sgd(const Sgd& options = {});

struct Adam {
  Schedule learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-7;
  double clip_norm = 0;
  double clip_value = 0;
};
/// Kingma and Ba, arXiv 1412.6980: averages m of g and v of g^2;
/// step = lr * m^ / (sqrt(v^) + epsilon), where ^ divides by 1 - beta^t.
OptimizerSetting adam(const Adam& options = {});
/// Adam with decoupled decay (Loshchilov and Hutter, arXiv 1711.05101), which is
/// `regularize.decay`. If that is 0, it is Adam.
OptimizerSetting adamw(const Adam& options = {});
/// Liu et al., arXiv 1908.03265: Adam with a step that is rectified for the variance of 1 /
/// sqrt(v^). In the first updates, where that variance is unbounded, the step is lr * m^.
OptimizerSetting radam(const Adam& options = {});
/// You et al., arXiv 1904.00962: for a kernel Adam's direction r, with the length of the weights:
/// step = lr * |w| / |r| * r. For other parameters, and if one of the norms is 0, step = lr * r.
OptimizerSetting lamb(const Adam& options = {});

struct NAdam {
  Schedule learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-7;
  double momentum_decay = 4e-3;  ///< at least 0
  double clip_norm = 0;
  double clip_value = 0;
};
/// Dozat, 2016: Adam with Nesterov's momentum, mu_t = beta1 * (1 - 0.96^(t * momentum_decay) / 2):
/// step = lr * ((1 - mu_t) g / (1 - mu_1...mu_t) + mu_t+1 m / (1 - mu_1...mu_t+1)) /
/// (sqrt(v^) + epsilon).
OptimizerSetting nadam(const NAdam& options = {});

struct RmsProp {
  Schedule learning_rate = 1e-3;
  double rho = 0.9;
  double momentum = 0;
  double epsilon = 1e-7;
  bool centered = false;
  double clip_norm = 0;
  double clip_value = 0;
};
/// Hinton, 2012: v is the average of g^2; with `centered`, minus the square of the average of g.
/// velocity = momentum * velocity + g / (sqrt(v) + epsilon); step = lr * velocity. With `centered`
/// it refuses `regularize.l1` and `group_lasso`: they make a steady gradient, which has no
/// variance.
OptimizerSetting rmsprop(const RmsProp& options = {});

struct Adagrad {
  Schedule learning_rate = 1e-3;
  double initial_accumulator = 0.1;  ///< at least 0
  double epsilon = 1e-7;
  double clip_norm = 0;
  double clip_value = 0;
};
/// Duchi, Hazan and Singer, 2011:
/// step = lr * g / (sqrt(initial_accumulator + the sum of all g^2) + epsilon).
OptimizerSetting adagrad(const Adagrad& options = {});

struct Lars {
  Schedule learning_rate = 1.0;
  double momentum = 0.9;
  double trust = 1e-3;
  double clip_norm = 0;
  double clip_value = 0;
};
/// You, Gitman and Ginsburg, arXiv 1708.03888: velocity = momentum * velocity + lr * ratio * g;
/// step = velocity. For a kernel ratio = trust * |w| / |g|. For other parameters, and if one of the
/// norms is 0, ratio = 1.
OptimizerSetting lars(const Lars& options = {});

struct Lion {
  Schedule learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.99;
  double clip_norm = 0;
  double clip_value = 0;
};
/// Chen et al., arXiv 2302.06675: step = lr * sign(beta1 m + (1 - beta1) g), and then
/// m = beta2 m + (1 - beta2) g. Has no metric: refuses `regularize.l1` and `group_lasso`.
OptimizerSetting lion(const Lion& options = {});

struct Muon {
  Schedule learning_rate = 1e-3;
  double momentum = 0.95;
  bool nesterov = true;
  std::int64_t newton_schulz = 5;  ///< steps, in [1, 100]
  double beta1 = 0.9;              ///< of Adam's step, as are the two below
  double beta2 = 0.999;
  double epsilon = 1e-7;
  double clip_norm = 0;
  double clip_value = 0;
};
/// Jordan et al., https://kellerjordan.github.io/posts/muon, 2024. A kernel is a matrix with a row
/// for each output: m = momentum * m + (1 - momentum) g; u = m, or (1 - momentum) g + momentum * m
/// with `nesterov`; step = lr * 0.2 sqrt(max(rows, columns)) * O(u), where O is approximately the
/// nearest orthogonal matrix, by Newton-Schulz steps (PyTorch's adjust_lr_fn = "match_rms_adamw").
/// Other parameters use Adam's step. Has no metric: refuses `regularize.l1` and `group_lasso`.
OptimizerSetting muon(const Muon& options = {});

struct Lbfgs {
  Schedule learning_rate = 1.0;
  std::int64_t history = 10;  ///< updates remembered, in [1, 100]
  double clip_norm = 0;
  double clip_value = 0;
};
/// Liu and Nocedal, 1989: full batch; step = lr * H g, with H from the differences of weights and
/// gradients over the last `history` updates (torch.optim.LBFGS with max_iter = 1 and no line
/// search). It keeps 2 * history numbers for each weight, so it is for small problems. Has no
/// metric.
OptimizerSetting lbfgs(const Lbfgs& options = {});

/// The same setting with slow weights. Throws UsageError for interval < 1 or alpha outside (0, 1].
OptimizerSetting lookahead(OptimizerSetting setting, const Lookahead& slow = {.interval = 5});

}  // namespace ridgeline
