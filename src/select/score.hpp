#pragma once
// Scores of trials, and their means over folds.

#include <string_view>
#include <vector>

#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

/// Whether more of a metric is better: accuracies, not losses. Throws UsageError for a metric that
/// is not measured on the validation images, with the nearest one that is.
bool higher_is_better(std::string_view metric);
/// Throws UsageError for an unknown metric, and for a metric that does not say how good a trial of
/// this search is: val_penalty, and val_objective where a penalty is searched.
void check_metric(std::string_view metric, const SearchSpace& over);
/// A metric ("val_data_loss") of an epoch; NaN where it had no validation.
double score_of(std::string_view metric, const Epoch& epoch);
/// Its standard error over the images; 0 where none is measured.
double image_error_of(std::string_view metric, const Epoch& epoch);

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
