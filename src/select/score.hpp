#pragma once
// Scores of trials, and their means over folds.

#include <cmath>
#include <string_view>
#include <vector>

#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

/// "accuracy" of "val_accuracy". Throws UsageError unless the metric begins with "val_".
std::string_view name_of(std::string_view metric);
/// Whether higher values of a metric are better. Not for losses; for others, the trials' metrics
/// or, without them, the kind with this name decides.
bool higher_is_better(std::string_view metric, const std::vector<Trial>& trials);
/// Throws UsageError for a metric that is neither a loss nor one of `measured`, with the nearest
/// one that is, and for one that cannot compare the trials of this search: val_penalty and, if a
/// penalty is searched, val_objective.
void check_metric(std::string_view metric, const SearchSpace& over,
                  const std::vector<MetricValue>& measured);
/// The checks that are possible before anything is measured.
void check_metric(std::string_view metric, const SearchSpace& over);
/// A metric ("val_data_loss") of an epoch; NaN if it was not measured.
double score_of(std::string_view metric, const Epoch& epoch);
/// Its standard error over the images; NaN if it is not known, 0 if nothing was measured.
double image_error_of(std::string_view metric, const Epoch& epoch);

/// The standard error of a trial's score; 0 if it is not known.
inline double known_error(const Trial& trial) {
  return std::isfinite(trial.standard_error) ? trial.standard_error : 0;
}

struct MeanAndError {
  double mean = 0, standard_error = 0;
};
/// The mean over folds that are worth `distinct` folds with distinct images (distinct_folds()), and
/// its standard error by the formula of select(): for distinct = count, the sample deviation over
/// sqrt(count). The error is 0 for one value, and NaN if all folds have the same images.
MeanAndError mean_and_error(const std::vector<double>& values, double distinct);
MeanAndError mean_and_error(const std::vector<double>& values);

/// The mean over such folds, with the standard errors of the mean over the distinct images. If a
/// fold has a single image, these errors are those of the fold values.
Metrics mean_of(const std::vector<Metrics>& folds, double distinct);
/// The middle value, or the mean of the two in the middle rounded up; 0 for none.
int median(std::vector<int> values);

}  // namespace ridgeline::selection
