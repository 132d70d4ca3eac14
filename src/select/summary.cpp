#include "select/summary.hpp"

#include "select/score.hpp"

namespace ridgeline::selection {
namespace {

/// That of the scores, or over the images if all folds have the same ones.
double standard_error(const std::vector<FoldRecord>& folds, const MeanAndError& score) {
  if (folds.size() > 1 && std::isfinite(score.standard_error)) return score.standard_error;
  double sum = 0;
  for (const FoldRecord& fold : folds) sum += fold.standard_error;
  return sum / static_cast<double>(folds.size());
}

}  // namespace

Trial summary(const Board& board, int number, bool complete) {
  Trial trial{.number = number,
              .parameters = board.parameters(number),
              .score = std::numeric_limits<double>::quiet_NaN(),
              .standard_error = std::numeric_limits<double>::quiet_NaN(),
              .status = "stopped",
              .share = board.share(number)};
  const std::vector<FoldRecord> folds = board.folds(number);
  std::vector<double> scores;
  std::vector<int> epochs;
  std::vector<Metrics> train, validation;
  for (const FoldRecord& f : folds) {
    scores.push_back(f.score);
    epochs.push_back(f.epochs);
    train.push_back(f.last.train);
    if (f.last.validation) validation.push_back(*f.last.validation);
  }
  trial.epochs = median(epochs);
  if (board.diverged(number)) {
    trial.status = "diverged";
  } else if (complete && !folds.empty()) {
    trial.status = board.left(number) ? "left" : board.whole(number) ? "done" : "partial";
    const double distinct = board.distinct_folds(folds.size());
    trial.train = mean_of(train, distinct);
    trial.validation = mean_of(validation, distinct);
    const MeanAndError score = mean_and_error(scores, distinct);
    trial.score = score.mean;
    trial.standard_error = standard_error(folds, score);
  }
  return trial;
}

}  // namespace ridgeline::selection
