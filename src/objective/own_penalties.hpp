#pragma once
// The penalties that an application registered (ridgeline/penalty_term.hpp).

#include <memory>
#include <string_view>

#include "ridgeline/penalty_term.hpp"

namespace ridgeline::objective {

/// Throws UsageError for an unknown penalty, with the nearest known one, and for options that do
/// not fit it.
void check_own(std::string_view name, const Attributes& options = {});
/// The term with `options`. Throws as check_own does.
std::unique_ptr<const PenaltyTerm> make_own(std::string_view name, const Attributes& options);

}  // namespace ridgeline::objective
