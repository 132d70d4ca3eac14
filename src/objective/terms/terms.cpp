#include "objective/terms/terms.hpp"

#include <set>
#include <string>

#include "objective/own_penalties.hpp"

namespace ridgeline::objective {
namespace {

std::set<std::string> own_names(const Regularize& regularize) {
  std::set<std::string> names;
  for (const auto& [name, own] : regularize.own) names.insert(name);
  for (const PenaltyRule& rule : regularize.rules) {
    for (const auto& [name, strength] : rule.own) names.insert(name);
  }
  return names;
}

}  // namespace

double Terms::Row::of(const Penalty& penalty) const {
  if (strength != nullptr) return penalty.*strength;
  const auto own = penalty.own.find(term->name());
  return own == penalty.own.end() ? 0 : own->second;
}

// The order in which they act: gradients first, then shrinking, then bounds.
Terms::Terms(const Regularize& regularize) {
  const auto add = [&](double Penalty::*strength, TermPtr term) {
    rows_.push_back({strength, std::move(term)});
  };
  add(&Penalty::l2_sp, l2_sp_term());
  add(&Penalty::orthogonal, orthogonal_term());
  add(&Penalty::spectral, spectral_term());
  for (const std::string& name : own_names(regularize)) {
    const auto base = regularize.own.find(name);
    add(nullptr,
        make_own(name, base == regularize.own.end() ? Attributes() : base->second.options));
  }
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
      const double strength = row.of(penalties[p]);
      if (strength == 0) continue;
      all[p].push_back({row.term.get(), strength});
      any = true;
    }
  }
  return any ? all : engine::AppliedTerms{};
}

}  // namespace ridgeline::objective
