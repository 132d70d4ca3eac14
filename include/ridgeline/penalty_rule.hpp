#pragma once
// A rule that changes the penalty of some parameters. regularize.hpp explains the strengths.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "ridgeline/schedule.hpp"

namespace ridgeline {

/// Sets strengths for the parameters whose names match. Strengths that are not set do not change.
/// Later rules win.
struct PenaltyRule {
  std::string match;  ///< a glob over "layer.parameter" or over the layer: "dense*", "*.kernel"
  std::optional<Schedule> l2, l1, decay;  ///< absolute
  /// A multiple of the base l2, so that a selection of l2 keeps ratios.
  std::optional<double> l2_factor;
  std::string role = {};  ///< only "kernel", "bias" or "norm"; empty: all
  std::optional<Schedule> independent_decay = {}, l2_sp = {}, group_lasso = {}, orthogonal = {},
                          spectral = {}, max_norm = {}, fixed_norm = {}, cpr = {};
  /// The strengths of penalties that an application registered, by name.
  std::map<std::string, Schedule, std::less<>> own = {};

  /// Throws UsageError, with `key`, for a value that is negative or not finite, an unknown role, or
  /// both l2 and l2_factor.
  void check(std::string_view key) const;
  friend bool operator==(const PenaltyRule&, const PenaltyRule&) = default;
};

}  // namespace ridgeline
