#pragma once
// The table of penalty strengths: the name of each in files, and its member in Regularize,
// PenaltyRule and Penalty.

#include <array>
#include <string_view>

#include "ridgeline/regularize.hpp"

namespace ridgeline {

struct PenaltyKey {
  std::string_view name;
  Schedule Regularize::*base;
  std::optional<Schedule> PenaltyRule::*rule;
  double Penalty::*strength;
};

inline constexpr std::array penalty_keys{
    PenaltyKey{"l2", &Regularize::l2, &PenaltyRule::l2, &Penalty::l2},
    PenaltyKey{"l1", &Regularize::l1, &PenaltyRule::l1, &Penalty::l1},
    PenaltyKey{"decay", &Regularize::decay, &PenaltyRule::decay, &Penalty::decay},
    PenaltyKey{"independent_decay", &Regularize::independent_decay, &PenaltyRule::independent_decay,
               &Penalty::independent_decay},
    PenaltyKey{"l2_sp", &Regularize::l2_sp, &PenaltyRule::l2_sp, &Penalty::l2_sp},
    PenaltyKey{"group_lasso", &Regularize::group_lasso, &PenaltyRule::group_lasso,
               &Penalty::group_lasso},
    PenaltyKey{"orthogonal", &Regularize::orthogonal, &PenaltyRule::orthogonal,
               &Penalty::orthogonal},
    PenaltyKey{"spectral", &Regularize::spectral, &PenaltyRule::spectral, &Penalty::spectral},
    PenaltyKey{"max_norm", &Regularize::max_norm, &PenaltyRule::max_norm, &Penalty::max_norm},
    PenaltyKey{"fixed_norm", &Regularize::fixed_norm, &PenaltyRule::fixed_norm,
               &Penalty::fixed_norm},
    PenaltyKey{"cpr", &Regularize::cpr, &PenaltyRule::cpr, &Penalty::cpr},
};

}  // namespace ridgeline
