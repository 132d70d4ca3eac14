#pragma once
// The rules that choose among trials.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

/// Throws UsageError unless the rule is one of those below.
void check_rule(std::string_view rule);

/// Whether a search is over one key whose values are ordered by the simplicity of the model: a
/// penalty (more is simpler) or train.epochs (fewer is simpler).
bool orders_by_simplicity(const SearchSpace& over);

/// `rule`, or "best" unless orders_by_simplicity().
std::string applied_rule(std::string_view rule, const SearchSpace& over);

struct Choice {
  const Trial* chosen = nullptr;  ///< one of the trials; null if none is done
  std::optional<std::pair<double, double>> tied;
};
/// best: the trial of the best score, the first of equal ones.
/// one-standard-error: the simplest trial whose score is within the best trial's standard error of
/// its score; only if it is the applied_rule(). `tied` is the range of the values of such trials.
Choice choose(const std::vector<Trial>& trials, std::string_view metric, std::string_view rule);
/// The choice points into the trials.
Choice choose(std::vector<Trial>&& trials, std::string_view metric, std::string_view rule) = delete;

/// Whether a metric of a trial that is done, or its data loss, is better than that of `guess` by
/// more than three standard errors over the images. Metrics that the guess does not have do not
/// count.
bool better_than_guess(const Trial& trial, const Metrics& guess);

}  // namespace ridgeline::selection
