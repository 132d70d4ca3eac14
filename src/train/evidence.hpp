#pragma once
// The evidence of a strength of the L2 penalty: the log marginal likelihood of the training images,
// by Laplace's approximation with a diagonal curvature (MacKay, A practical Bayesian framework for
// backpropagation networks, 1992; Immer et al., Scalable marginal likelihood estimation for model
// selection in deep learning, 2104.04975). With J(w) = L(w) + sum of l2_p / 2 |w_p|^2 over N
// images, the posterior is exp(-N J), so the prior of a weight is a normal one with the precision N
// l2_p:
//   log p(D) = -N J(w*) + 1/2 sum of log l2_p - 1/2 sum of log(h_i + l2_p)
// over all penalised weights. h is the diagonal of the generalised Gauss-Newton matrix of L, which
// is the Fisher information of the network's own predictions.

#include <cstdint>

#include "ridgeline/dataset.hpp"
#include "train/core.hpp"

namespace ridgeline::train {

struct Evidence {
  double log_likelihood = 0;   ///< -N L(w*)
  double log_prior = 0;        ///< -N sum of l2_p / 2 |w_p|^2, and the prior's 1/2 log l2_p
  double log_determinant = 0;  ///< sum of log(h_i + l2_p)
  double effective = 0;        ///< how many weights the data determine: sum of h / (h + l2)
  double fixed_point = 0;      ///< MacKay's next strength, effective / (N |w|^2)
  double total() const { return log_likelihood + log_prior - log_determinant / 2; }
};

/// Throws UsageError if the network normalises batches, whose weights have no prior, or if there
/// are no classes or more than 100.
void check_evidence(const ModelCore& core);

/// Of the current weights, whose penalties apply as they are. The curvature is measured on at most
/// `images` of the training images, drawn by `seed`; it takes a gradient for each class.
Evidence evidence_of(ModelCore& core, const Dataset& train, std::int64_t images,
                     std::uint64_t seed);

}  // namespace ridgeline::train
