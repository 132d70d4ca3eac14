#pragma once
// An exception to what a penalty is in general; regularize.hpp says what the strengths do.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "ridgeline/schedule.hpp"

namespace ridgeline {

/// Sets what applies to the parameters whose names match; later rules win. What is not set stays
/// as it was.
struct PenaltyRule {
  std::string match;  ///< a glob over "layer.parameter" or over the layer: "dense*", "*.kernel"
  std::optional<Schedule> l2, l1, decay;  ///< absolute
  std::optional<double> l2_factor;        ///< times the base l2, so that a selection keeps ratios
  std::string role = {};  ///< only "kernel", "bias" or "norm" among them; empty: all
  std::optional<Schedule> independent_decay = {}, l2_sp = {}, group_lasso = {}, orthogonal = {},
                          spectral = {}, max_norm = {}, fixed_norm = {}, cpr = {};
  /// The strengths of penalties that an application registered, by name.
  std::map<std::string, Schedule, std::less<>> own = {};

  /// Throws UsageError, naming `key`, for a value that is negative or not finite, an unknown role,
  /// or both l2 and l2_factor.
  void check(std::string_view key) const;
  friend bool operator==(const PenaltyRule&, const PenaltyRule&) = default;
};

}  // namespace ridgeline
