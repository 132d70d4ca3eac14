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

/// `rule`, or best where no value of what is searched makes a simpler model than another: that is
/// known for a single key, of the penalties (more is simpler) and train.epochs (fewer are).
std::string applied_rule(std::string_view rule, const SearchSpace& over);

struct Choice {
  const Trial* chosen = nullptr;  ///< of the trials; none where none is done
  std::optional<std::pair<double, double>> tied;
};
/// best: the trial of the best score, the first of equal ones.
/// one-standard-error: the simplest trial whose score is within the best trial's standard error of
/// its score; only where it is the applied_rule(). `tied` is the range of values so near, with one
/// such key.
Choice choose(const std::vector<Trial>& trials, std::string_view metric, std::string_view rule);
/// The choice points into the trials.
Choice choose(std::vector<Trial>&& trials, std::string_view metric, std::string_view rule) = delete;

/// Whether a metric of a trial that is done, or its data loss, is better than that of `guess` by
/// more than three standard errors over the images. Metrics that the guess does not have do not
/// count.
bool better_than_guess(const Trial& trial, const Metrics& guess);

}  // namespace ridgeline::selection
