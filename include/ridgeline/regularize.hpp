#pragma once
// Penalties and constraints: what applies to which parameter.
//   J(w) = data_loss(w) + sum over p of [ l2_p / 2 * |w_p|^2 + l1_p * |w_p|_1 + further terms ]
// `l2` is the coefficient whose gradient is l2 * w (PyTorch's and Caffe's weight_decay, twice
// Keras's l2()). `decay` is AdamW's decoupled form and no part of J. Nothing is ever scaled by
// the batch, the number of images or the learning rate, but where its name says so.
//
// A kernel is seen as a matrix W with a row for each output (filter or unit), all else as one row.

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

/// What applies to one parameter at a moment. 0: none of it.
struct Penalty {
  double l2 = 0;     ///< l2/2 |w|^2: its gradient is added before the optimiser sees it
  double l1 = 0;     ///< l1 |w|_1: a proximal step in the optimiser's metric; zeros are exact
  double decay = 0;  ///< w <- (1 - learning rate * decay) w: AdamW, SGDW; no part of J
  /// The same without the learning rate: w <- (1 - s * independent_decay) w, where s is the
  /// learning rate over its schedule's first number (Loshchilov and Hutter, arXiv 1711.05101, eq.
  /// 4).
  double independent_decay = 0;
  /// l2_sp/2 |w - w0|^2, where w0 is the weights that training began with (Li et al., 1802.01483).
  double l2_sp = 0;
  /// group_lasso * sum over rows |W_row|: whole filters become exactly zero (Yuan and Lin, 2006).
  double group_lasso = 0;
  /// orthogonal/4 |W W^T - I|^2 (Frobenius), of W^T W where W has more rows than columns; its
  /// gradient is orthogonal * (W W^T - I) W (Bansal et al., 1810.09102).
  double orthogonal = 0;
  /// spectral/2 s^2, s the largest singular value (Yoshida and Miyato, 1705.10941).
  double spectral = 0;
  double max_norm = 0;    ///< rows longer than that are cut to it (Srivastava et al., JMLR 2014)
  double fixed_norm = 0;  ///< rows are brought to that norm; a row of zeros stays
  /// Constrained parameter regularisation (Franke et al., 2311.09058): the mean of w^2 may not pass
  /// a bound, learned as training goes, by a decay whose strength grows with this rate while it
  /// does (1: the authors'). No part of J.
  double cpr = 0;
  std::map<std::string, double, std::less<>> own = {};  ///< of penalties that were registered
  friend bool operator==(const Penalty&, const Penalty&) = default;
};

/// A penalty that an application registered (penalty_term.hpp).
struct OwnPenalty {
  Schedule strength = 0;
  Attributes options = {};
  friend bool operator==(const OwnPenalty&, const OwnPenalty&) = default;
};

/// A strength is a number or a schedule over the epochs; "proportional" follows the learning rate.
struct Regularize {
  Schedule l2 = 0;
  Schedule l1 = 0;
  Schedule decay = 0;
  std::vector<std::string> exclude = {"bias", "norm"};  ///< roles; the first rule
  std::vector<PenaltyRule> rules = {};
  Schedule independent_decay = 0, l2_sp = 0, group_lasso = 0, orthogonal = 0, spectral = 0,
           max_norm = 0, fixed_norm = 0, cpr = 0;
  /// The update after which cpr takes the mean square as its bound; 0: the one at which its growth
  /// begins to slow down (the authors' inflection point).
  std::int64_t cpr_warmup = 0;
  std::map<std::string, OwnPenalty, std::less<>> own = {};  ///< by the name of the kind

  /// Throws UsageError for a value that is negative or not finite, or an unknown role.
  void check() const;
  /// The same with the numbers at `epoch` of `epochs` (Schedule::at) for schedules, those of rules
  /// too, where the learning rate stands at `rate_share` of its schedule's first number.
  Regularize at(double epoch, double epochs, double rate_share = 1) const;
  /// Likewise with the larger of each schedule's first and last number.
  Regularize strongest() const;
  /// Whether every strength is the same at all times.
  bool is_constant() const;
  friend bool operator==(const Regularize&, const Regularize&) = default;
};

/// One per parameter, by each schedule's first number: Regularize::at() has others. Throws
/// UsageError for a rule that matches nothing.
std::vector<Penalty> resolve(const Regularize& regularize,
                             const std::vector<Parameter>& parameters);
/// Throws UsageError for a strength above 0 that reaches no parameter that is trained.
void check_reach(const Regularize& regularize, const std::vector<Parameter>& parameters,
                 const std::vector<bool>& frozen);
/// For the summary's column: "l2 0.0001", "l2 0.01 → 0 cosine, decay 0.01", or empty. Throws as
/// resolve does.
PenaltyTexts describe(const Regularize& regularize, const std::vector<Parameter>& parameters);

/// L2 of that strength on all kernels.
inline Regularize l2(double strength) {
  return {.l2 = strength};
}

}  // namespace ridgeline
