#pragma once
// The penalty: what applies to which parameter.
//   J(w) = data_loss(w) + sum over p of [ l2_p / 2 * |w_p|^2 + l1_p * |w_p|_1 ]
// `l2` is the coefficient whose gradient is l2 * w (PyTorch's and Caffe's weight_decay, twice
// Keras's l2()). `decay` is AdamW's decoupled form and no part of J. Nothing is ever scaled by
// the batch, the number of images or the learning rate.

#include <optional>
#include <string>
#include <vector>

#include "ridgeline/network.hpp"
#include "ridgeline/optimizer.hpp"

namespace ridgeline {

/// Sets what applies to the parameters whose names match; later rules win.
struct PenaltyRule {
  std::string match;  ///< a glob over "layer.parameter" or over the layer: "dense*", "*.kernel"
  std::optional<double> l2, l1, decay;  ///< absolute
  std::optional<double> l2_factor;      ///< times the base l2, so that a selection keeps ratios
  friend bool operator==(const PenaltyRule&, const PenaltyRule&) = default;
};

struct Regularize {
  Schedule l2 = 0;
  double l1 = 0;
  double decay = 0;
  std::vector<std::string> exclude = {"bias", "norm"};  ///< roles; the first rule
  std::vector<PenaltyRule> rules;

  /// Throws UsageError for a value that is negative or not finite, or an unknown role.
  void check() const;
  friend bool operator==(const Regularize&, const Regularize&) = default;
};

/// What applies to one parameter, for a base l2.
struct Penalty {
  double l2 = 0;
  double l1 = 0;
  double decay = 0;
  friend bool operator==(const Penalty&, const Penalty&) = default;
};

/// One per parameter. Throws UsageError for a rule that matches nothing.
std::vector<Penalty> resolve(const Regularize& regularize, double base_l2,
                             const std::vector<Parameter>& parameters);
/// For the summary's column: "l2 0.0001", "l2 0.0001, decay 0.01", or empty.
PenaltyTexts describe(const std::vector<Penalty>& penalties);
/// The same of what training goes through, with the schedule that an l2 follows:
/// "l2 0.01 → 0 cosine". Throws as resolve does.
PenaltyTexts describe(const Regularize& regularize, const std::vector<Parameter>& parameters);

/// L2 of that strength on all kernels.
inline Regularize l2(double strength) {
  return {.l2 = strength};
}

}  // namespace ridgeline
