#include "interop/lambda/conventions.hpp"

#include <cmath>

namespace ridgeline::interop {
namespace {

constexpr std::string_view mse = "mse", cross_entropy = "cross-entropy",
                           binary = "binary-cross-entropy";

double same(Question&) {
  return 1;
}

/// For libraries that sum over the outputs: squares with a half, and losses of sigmoids. Ours are
/// means.
double summed_outputs(Question& q) {
  if (q.loss() == cross_entropy) return 1;
  return q.outputs() * (q.loss() == binary ? 1 : 0.5);
}

/// With two classes, we have a vector w for each, and they have one, v. At the minimum ours are v/2
/// and -v/2, so that |w|^2 is |v|^2 / 2, and |w|_1 is |v|_1.
double vectors(Question& q) {
  const bool two = q.outputs() == 2;
  return q.loss() == cross_entropy && two ? 2 : 1;
}

/// Converts a strength and its share of l1 to l2 and l1, and back.
Penalty mixed(double strength, double share, double l2_factor = 1) {
  return {.l2 = strength * (1 - share) * l2_factor, .l1 = strength * share};
}
std::vector<double> unmixed(double l2, double l1) {
  const double strength = l2 + l1;
  return {strength, strength > 0 ? l1 / strength : 0};
}

// For conventions with a single number.
Penalty as_l2(std::span<const double> n, Question&) {
  return {.l2 = n[0]};
}
std::vector<double> from_l2(const Penalty& p, Question&) {
  return {p.l2};
}
Penalty as_decay(std::span<const double> n, Question&) {
  return {.decay = n[0]};
}
std::vector<double> from_decay(const Penalty& p, Question&) {
  return {p.decay};
}

Row ridgeline() {
  return {.about = {"ridgeline",
                    "Ridgeline",
                    "data loss + l2/2·|w|² + l1·|w|₁, and w ← (1 − lr·decay)·w",
                    {{"l2", 0}, {"l1", 0}, {"decay", 0}}},
          .form = Form::both,
          .has_l1 = true,
          .scale = same,
          .read =
              [](std::span<const double> n, Question&) {
                return Penalty{n[0], n[1], n[2]};
              },
          .write =
              [](const Penalty& p, Question&) {
                return std::vector{p.l2, p.l1, p.decay};
              }};
}

Row keras() {
  return {.about = {"keras",
                    "Keras, regularizers.L1L2",
                    "loss + l2·|w|² + l1·|w|₁",
                    {{"l2", 0}, {"l1", 0}}},
          .has_l1 = true,
          .scale = same,
          .read = [](std::span<const double> n,
                     Question&) { return Penalty{.l2 = 2 * n[0], .l1 = n[1]}; },
          .write =
              [](const Penalty& p, Question&) {
                return std::vector{p.l2 / 2, p.l1};
              }};
}

Row keras_decay() {
  return {.about = {"keras-decay",
                    "Keras, weight_decay of an optimiser",
                    "w ← (1 − lr·weight_decay)·w, then the step",
                    {{"weight_decay", 0}}},
          .form = Form::decoupled,
          .scale = same,
          .read = as_decay,
          .write = from_decay};
}

Row pytorch() {
  return {.about = {"pytorch",
                    "PyTorch, weight_decay of SGD, Adam, ... (coupled)",
                    "gradient + weight_decay·w",
                    {{"weight_decay", 0}}},
          .scale = same,
          .read = as_l2,
          .write = from_l2};
}

Row pytorch_adamw() {
  return {.about = {"pytorch-adamw",
                    "PyTorch, weight_decay of AdamW (decoupled)",
                    "w ← (1 − lr·weight_decay)·w, then the step",
                    {{"weight_decay", 0.01}}},
          .form = Form::decoupled,
          .scale = same,
          .read = as_decay,
          .write = from_decay};
}

Row caffe() {
  return {.about = {"caffe",
                    "Caffe, weight_decay with regularization_type L2",
                    "mean over images of its loss, squares with a half, + weight_decay/2·|w|²",
                    {{"weight_decay", 0}}},
          .losses = {mse, cross_entropy, binary},
          .scale = summed_outputs,
          .read = as_l2,
          .write = from_l2};
}

Row darknet() {
  return {.about = {"darknet",
                    "darknet, decay",
                    "Σ over the batch of (truth − output) − decay·batch·w, times lr/batch",
                    {{"decay", 0.0001}}},
          .losses = {mse, cross_entropy, binary},
          .scale = summed_outputs,
          .read = as_l2,
          .write = from_l2};
}

Row ridge() {
  return {
      .about = {"sklearn-ridge", "scikit-learn, Ridge", "Σ squares + alpha·|w|²", {{"alpha", 1}}},
      .stepwise = false,
      .losses = {mse},
      .scale = [](Question& q) { return q.images() * q.outputs(); },
      .read = [](std::span<const double> n, Question&) { return Penalty{.l2 = 2 * n[0]}; },
      .write = [](const Penalty& p, Question&) { return std::vector{p.l2 / 2}; }};
}

Row lasso() {
  return {.about = {"sklearn-lasso",
                    "scikit-learn, Lasso",
                    "Σ squares / (2n) + alpha·|w|₁",
                    {{"alpha", 1}}},
          .stepwise = false,
          .has_l2 = false,
          .has_l1 = true,
          .losses = {mse},
          .scale = summed_outputs,
          .read = [](std::span<const double> n, Question&) { return Penalty{.l1 = n[0]}; },
          .write = [](const Penalty& p, Question&) { return std::vector{p.l1}; }};
}

Row elasticnet() {
  return {.about = {"sklearn-elasticnet",
                    "scikit-learn, ElasticNet",
                    "Σ squares / (2n) + alpha·(l1_ratio·|w|₁ + (1 − l1_ratio)/2·|w|²)",
                    {{"alpha", 1}, {"l1_ratio", 0.5}}},
          .stepwise = false,
          .has_l1 = true,
          .mixes = true,
          .losses = {mse},
          .scale = summed_outputs,
          .read = [](std::span<const double> n, Question&) { return mixed(n[0], n[1]); },
          .write = [](const Penalty& p, Question&) { return unmixed(p.l2, p.l1); }};
}

Row logistic() {
  return {.about = {"sklearn-logistic",
                    "scikit-learn, LogisticRegression",
                    "C·Σ losses + l1_ratio·|w|₁ + (1 − l1_ratio)/2·|w|²",
                    {{"C", 1}, {"l1_ratio", 0}}},
          .stepwise = false,
          .has_l1 = true,
          .mixes = true,
          .inverse = true,
          .losses = {cross_entropy, binary},
          .scale = [](Question& q) { return q.images() * (q.loss() == binary ? q.outputs() : 1); },
          .read = [](std::span<const double> n,
                     Question& q) { return mixed(1 / n[0], n[1], vectors(q)); },
          .write =
              [](const Penalty& p, Question& q) {
                std::vector<double> numbers = unmixed(p.l2 / vectors(q), p.l1);
                numbers[0] = 1 / numbers[0];
                return numbers;
              }};
}

Row mlp() {
  return {.about = {"sklearn-mlp",
                    "scikit-learn, MLPClassifier and MLPRegressor",
                    "mean over the batch of its loss, squares with a half, + alpha/(2·batch)·|w|²",
                    {{"alpha", 0.0001}}},
          .losses = {mse, cross_entropy, binary},
          .scale = summed_outputs,
          .read = [](std::span<const double> n,
                     Question& q) { return Penalty{.l2 = n[0] / q.batch()}; },
          .write = [](const Penalty& p, Question& q) { return std::vector{p.l2 * q.batch()}; }};
}

/// With several outputs, glmnet's squares (mgaussian) and sigmoids have no equivalent here.
double glmnet_scale(Question& q) {
  if (q.loss() != cross_entropy && q.outputs() != 1) {
    q.refuse("glmnet penalises the weights of several outputs in groups: fit one output at a time");
  }
  return q.loss() == mse ? 0.5 : 1;
}

/// The factor from its l2 to ours. For squares, glmnet divides y by sd(y), and multiplies the
/// coefficients by it afterwards, but not λ. So l2 acts 1/sd times as strongly, and l1 does not
/// change.
double glmnet_l2_factor(Question& q) {
  return q.loss() == mse ? 1 / q.target_sd() : vectors(q);
}

Row glmnet() {
  return {
      .about = {"glmnet",
                "glmnet, with standardize = FALSE",
                "data term / n + lambda·(alpha·|w|₁ + (1 − alpha)/2·|w|²), targets in units of sd",
                {{"lambda", 0}, {"alpha", 1}}},
      .stepwise = false,
      .has_l1 = true,
      .mixes = true,
      .losses = {mse, cross_entropy, binary},
      .scale = glmnet_scale,
      .read = [](std::span<const double> n,
                 Question& q) { return mixed(n[0], n[1], n[1] < 1 ? glmnet_l2_factor(q) : 1); },
      .write =
          [](const Penalty& p, Question& q) {
            return unmixed(p.l2 > 0 ? p.l2 / glmnet_l2_factor(q) : 0, p.l1);
          }};
}

Row adamw_paper() {
  return {.about = {"adamw-paper",
                    "1711.05101, λ of SGDW and AdamW",
                    "w ← w − η·(lr·step + lambda·w), η the schedule's multiplier",
                    {{"lambda", 0}}},
          .form = Form::decoupled,
          .scale = same,
          .read = [](std::span<const double> n,
                     Question& q) { return Penalty{.decay = n[0] / q.learning_rate()}; },
          .write = [](const Penalty& p,
                      Question& q) { return std::vector{p.decay * q.learning_rate()}; }};
}

Row adamw_normalized() {
  return {.about = {"adamw-normalized",
                    "1711.05101, normalised λ",
                    "lambda = lambda_norm·√(batch / (images·epochs)) = lambda_norm / √steps",
                    {{"lambda_norm", 0}}},
          .form = Form::decoupled,
          .scale = same,
          .read =
              [](std::span<const double> n, Question& q) {
                return Penalty{.decay = n[0] / std::sqrt(q.steps()) / q.learning_rate()};
              },
          .write =
              [](const Penalty& p, Question& q) {
                return std::vector{p.decay * q.learning_rate() * std::sqrt(q.steps())};
              }};
}

Row timescale() {
  return {.about = {"timescale",
                    "2405.13698, time-scale in epochs",
                    "tau_epoch = tau_iter·batch / images",
                    {{"tau_epoch", 0}}},
          .form = Form::decoupled,
          .inverse = true,
          .scale = same,
          .read =
              [](std::span<const double> n, Question& q) {
                return Penalty{.decay = q.batch() / (n[0] * q.images() * q.learning_rate())};
              },
          .write =
              [](const Penalty& p, Question& q) {
                return std::vector{q.batch() / (p.decay * q.images() * q.learning_rate())};
              }};
}

Row timescale_steps() {
  return {.about = {"timescale-steps",
                    "2405.13698, time-scale in steps",
                    "tau_iter = 1 / (lr·decay)",
                    {{"tau_iter", 0}}},
          .form = Form::decoupled,
          .inverse = true,
          .scale = same,
          .read = [](std::span<const double> n,
                     Question& q) { return Penalty{.decay = 1 / (n[0] * q.learning_rate())}; },
          .write = [](const Penalty& p,
                      Question& q) { return std::vector{1 / (p.decay * q.learning_rate())}; }};
}

}  // namespace

const std::vector<Row>& rows() {
  static const std::vector<Row> table{ridgeline(),  keras(),          keras_decay(),
                                      pytorch(),    pytorch_adamw(),  caffe(),
                                      darknet(),    ridge(),          lasso(),
                                      elasticnet(), logistic(),       mlp(),
                                      glmnet(),     adamw_paper(),    adamw_normalized(),
                                      timescale(),  timescale_steps()};
  return table;
}

}  // namespace ridgeline::interop
