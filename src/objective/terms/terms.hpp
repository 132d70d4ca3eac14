#pragma once
// The terms of the penalty that must see a whole parameter, a file each; terms.cpp has the table.
// Parameters are matrices as engine/matrix_term.hpp says.

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

/// All terms that a Regularize can ask for, set as it sets them.
class Terms {
 public:
  explicit Terms(const Regularize& regularize);
  /// Those of each parameter, in the order in which they act; empty where none has any. Valid as
  /// long as this object.
  engine::AppliedTerms of(const std::vector<Penalty>& penalties) const;

 private:
  struct Row {
    double Penalty::*strength;  // null: of a registered penalty, the term's name says which
    TermPtr term;
    double of(const Penalty& penalty) const;
  };
  std::vector<Row> rows_;
};

}  // namespace ridgeline::objective
