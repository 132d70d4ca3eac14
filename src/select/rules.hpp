#pragma once
// The rules that choose among trials.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

/// Throws UsageError for another rule than those below.
void check_rule(std::string_view rule);

struct Choice {
  const Trial* chosen = nullptr;  ///< of the trials; none where none is done
  std::string rule;               ///< the one applied
  std::optional<std::pair<double, double>> tied;
};
/// best: the trial of the best score, the first of equal ones.
/// one-standard-error: with one key, the simplest trial whose score is within the best trial's
/// standard error of its score; with several keys best. `tied` is the range of values so near.
Choice choose(const std::vector<Trial>& trials, std::string_view metric, std::string_view rule);

/// Whether a trial's accuracy is above, or its data loss below, that of `guess` by more than three
/// standard errors over the images.
bool better_than_guess(const Trial& trial, const Metrics& guess);

}  // namespace ridgeline::selection
