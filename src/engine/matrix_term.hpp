#pragma once
// A term of the penalty, or a constraint, that must see a whole parameter. The update pass calls
// them without knowing them; objective/terms/ has ours.

#include <vector>

#include "ridgeline/penalty_term.hpp"

namespace ridgeline::engine {

using TermContext = ridgeline::TermContext;
using MatrixTerm = ridgeline::PenaltyTerm;

/// A term and how strong it is.
struct AppliedTerm {
  const MatrixTerm* term;
  double strength;
};
/// Those of each parameter, in the order in which they act; empty: there are none anywhere.
using AppliedTerms = std::vector<std::vector<AppliedTerm>>;

}  // namespace ridgeline::engine
