#pragma once
// Scores of trials, and their means over folds.

#include <cmath>
#include <string_view>
#include <vector>

#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

/// "accuracy" of "val_accuracy". Throws UsageError for a metric that is not one of the validation
/// images.
std::string_view name_of(std::string_view metric);
/// Whether more of a metric is better: never of a loss; else as the trials' metrics say or, without
/// one, as the kind of that name says.
bool higher_is_better(std::string_view metric, const std::vector<Trial>& trials);
/// Throws UsageError for a metric that is neither a loss nor one of `measured`, with the nearest
/// one that is, and for one that does not say how good a trial of this search is: val_penalty, and
/// val_objective where a penalty is searched.
void check_metric(std::string_view metric, const SearchSpace& over,
                  const std::vector<MetricValue>& measured);
/// As far as it is known before anything is measured: of a search alone.
void check_metric(std::string_view metric, const SearchSpace& over);
/// A metric ("val_data_loss") of an epoch; NaN where it was not measured.
double score_of(std::string_view metric, const Epoch& epoch);
/// Its standard error over the images; NaN where it is not known, 0 where nothing was measured.
double image_error_of(std::string_view metric, const Epoch& epoch);

/// The standard error of a trial's score as far as it is known: 0 where it is not.
inline double known_error(const Trial& trial) {
  return std::isfinite(trial.standard_error) ? trial.standard_error : 0;
}

struct MeanAndError {
  double mean = 0, standard_error = 0;
};
/// The mean, and the sample deviation over sqrt(count); error 0 for one value.
MeanAndError mean_and_error(const std::vector<double>& values);

/// The mean over folds, the images of all, and the standard errors of the mean over these images.
Metrics mean_of(const std::vector<Metrics>& folds);
/// The middle value, or the mean of the two in the middle rounded up; 0 for none.
int median(std::vector<int> values);

}  // namespace ridgeline::selection
