#pragma once
// Penalty terms and constraints that must see a whole parameter. The update pass knows only their
// interface; objective/terms/ has the built-in ones.

#include <vector>

#include "ridgeline/penalty_term.hpp"

namespace ridgeline::engine {

using TermContext = ridgeline::TermContext;
using MatrixTerm = ridgeline::PenaltyTerm;

/// A term and its strength.
struct AppliedTerm {
  const MatrixTerm* term;
  double strength;
};
/// The terms of each parameter, in the order in which they act. Empty: no parameter has any.
using AppliedTerms = std::vector<std::vector<AppliedTerm>>;

}  // namespace ridgeline::engine
