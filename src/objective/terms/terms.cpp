#include "objective/terms/terms.hpp"

namespace ridgeline::objective {

// The order in which they act: gradients first, then what shrinks, then what bounds.
Terms::Terms(const Regularize& regularize) {
  const auto add = [&](double Penalty::*strength, TermPtr term) {
    rows_.push_back({strength, std::move(term)});
  };
  add(&Penalty::l2_sp, l2_sp_term());
  add(&Penalty::orthogonal, orthogonal_term());
  add(&Penalty::spectral, spectral_term());
  add(&Penalty::cpr, cpr_term(regularize.cpr_warmup));
  add(&Penalty::group_lasso, group_lasso_term());
  add(&Penalty::max_norm, max_norm_term());
  add(&Penalty::fixed_norm, fixed_norm_term());
}

engine::AppliedTerms Terms::of(const std::vector<Penalty>& penalties) const {
  engine::AppliedTerms all(penalties.size());
  bool any = false;
  for (std::size_t p = 0; p < penalties.size(); ++p) {
    for (const Row& row : rows_) {
      const double strength = penalties[p].*row.strength;
      if (strength == 0) continue;
      all[p].push_back({row.term.get(), strength});
      any = true;
    }
  }
  return any ? all : engine::AppliedTerms{};
}

}  // namespace ridgeline::objective
