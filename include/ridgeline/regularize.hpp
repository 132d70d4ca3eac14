#pragma once
// Penalties and constraints, and the parameters that they apply to.
//   J(w) = data_loss(w) + sum over p of [ l2_p / 2 * |w_p|^2 + l1_p * |w_p|_1 + further terms ]
// `l2` is the coefficient whose gradient is l2 * w (PyTorch's and Caffe's weight_decay, twice
// Keras's l2()). `decay` is the decoupled form of AdamW and not part of J. No strength is scaled by
// the batch, the number of images or the learning rate, unless its name says so.
//
// A kernel is a matrix W with a row for each output (filter or unit). Any other parameter is one
// row.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ridgeline/attributes.hpp"
#include "ridgeline/network.hpp"
#include "ridgeline/penalty_rule.hpp"
#include "ridgeline/schedule.hpp"

namespace ridgeline {

/// The strengths that apply to one parameter at one time. 0: the penalty or constraint does not
/// apply.
struct Penalty {
  double l2 = 0;     ///< l2/2 |w|^2: its gradient is added before the optimiser's step
  double l1 = 0;     ///< l1 |w|_1: a proximal step in the optimiser's metric; gives exact zeros
  double decay = 0;  ///< w <- (1 - learning rate * decay) w: AdamW, SGDW; not part of J
  /// The same without the learning rate: w <- (1 - s * independent_decay) w. s is the learning rate
  /// divided by the first value of its schedule (Loshchilov and Hutter, arXiv 1711.05101, eq. 4).
  double independent_decay = 0;
  /// l2_sp/2 |w - w0|^2, where w0 are the initial weights (Li et al., 1802.01483).
  double l2_sp = 0;
  /// group_lasso * sum over rows |W_row|: whole filters become exactly zero (Yuan and Lin, 2006).
  double group_lasso = 0;
  /// orthogonal/4 |W W^T - I|^2 (Frobenius norm), with W^T W if W has more rows than columns. The
  /// gradient is orthogonal * (W W^T - I) W (Bansal et al., 1810.09102).
  double orthogonal = 0;
  /// spectral/2 s^2, where s is the largest singular value (Yoshida and Miyato, 1705.10941).
  double spectral = 0;
  /// The largest norm of a row; longer rows are scaled (Srivastava et al., JMLR 2014).
  double max_norm = 0;
  double fixed_norm = 0;  ///< every row is scaled to this norm, except a row of zeros
  /// Constrained parameter regularisation (Franke et al., 2311.09058): decay keeps the mean of w^2
  /// below a bound, which training finds. While the mean is above the bound, the decay grows at
  /// this rate (1: the authors' rate). Not part of J.
  double cpr = 0;
  /// Strengths of registered penalties, by name.
  std::map<std::string, double, std::less<>> own = {};
  friend bool operator==(const Penalty&, const Penalty&) = default;
};

/// A registered penalty (penalty_term.hpp).
struct OwnPenalty {
  Schedule strength = 0;
  Attributes options = {};
  friend bool operator==(const OwnPenalty&, const OwnPenalty&) = default;
};

/// The penalties of a training. A strength is a number or a schedule over the epochs; the kind
/// "proportional" follows the learning rate.
struct Regularize {
  Schedule l2 = 0;
  Schedule l1 = 0;
  Schedule decay = 0;
  /// Roles that are not penalised; acts as the first rule.
  std::vector<std::string> exclude = {"bias", "norm"};
  std::vector<PenaltyRule> rules = {};
  Schedule independent_decay = 0, l2_sp = 0, group_lasso = 0, orthogonal = 0, spectral = 0,
           max_norm = 0, fixed_norm = 0, cpr = 0;
  /// The update after which the mean square becomes the bound of cpr. 0: the update at which its
  /// growth begins to slow down (the authors' inflection point).
  std::int64_t cpr_warmup = 0;
  std::map<std::string, OwnPenalty, std::less<>> own = {};  ///< by name

  /// Throws UsageError for a value that is negative or not finite, or an unknown role.
  void check() const;
  /// The same with every schedule, also of rules, replaced by its value at `epoch` of `epochs`
  /// (Schedule::at). `rate_share` is the learning rate divided by the first value of its schedule.
  Regularize at(double epoch, double epochs, double rate_share = 1) const;
  /// The same with the larger of each schedule's first and last value.
  Regularize strongest() const;
  /// Whether all strengths are constant.
  bool is_constant() const;
  friend bool operator==(const Regularize&, const Regularize&) = default;
};

/// The penalty of each parameter, with each schedule's first value; use Regularize::at() for
/// others. Throws UsageError for a rule that matches nothing.
std::vector<Penalty> resolve(const Regularize& regularize,
                             const std::vector<Parameter>& parameters);
/// Throws UsageError if a strength above 0 applies to no trained parameter.
void check_reach(const Regularize& regularize, const std::vector<Parameter>& parameters,
                 const std::vector<bool>& frozen);
/// The texts for a summary: "l2 0.0001", "l2 0.01 → 0 cosine, decay 0.01", or empty. Throws as
/// resolve().
PenaltyTexts describe(const Regularize& regularize, const std::vector<Parameter>& parameters);

/// L2 with this strength on all kernels.
inline Regularize l2(double strength) {
  return {.l2 = strength};
}

}  // namespace ridgeline
