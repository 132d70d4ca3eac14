#pragma once
// The terms of the penalty that must see a whole parameter, each in a file of its own; terms.cpp
// has the table. Parameters are matrices as engine/matrix_term.hpp says.

#include <memory>
#include <vector>

#include "engine/matrix_term.hpp"
#include "ridgeline/regularize.hpp"

namespace ridgeline::objective {

using TermPtr = std::unique_ptr<const engine::MatrixTerm>;

TermPtr l2_sp_term();
TermPtr orthogonal_term();
TermPtr spectral_term();
TermPtr cpr_term(std::int64_t warmup);
TermPtr group_lasso_term();
TermPtr max_norm_term();
TermPtr fixed_norm_term();

/// All terms that a Regularize can have, with its options.
class Terms {
 public:
  explicit Terms(const Regularize& regularize);
  /// The terms of each parameter, in the order in which they act; empty if no parameter has any.
  /// Valid as long as this object.
  engine::AppliedTerms of(const std::vector<Penalty>& penalties) const;

 private:
  struct Row {
    double Penalty::*strength;  // null: a registered penalty with the term's name
    TermPtr term;
    double of(const Penalty& penalty) const;
  };
  std::vector<Row> rows_;
};

}  // namespace ridgeline::objective
