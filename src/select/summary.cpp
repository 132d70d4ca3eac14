#include "select/summary.hpp"

#include "select/score.hpp"

namespace ridgeline::selection {

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
    trial.train = mean_of(train);
    trial.validation = mean_of(validation);
    const MeanAndError score = mean_and_error(scores);
    trial.score = score.mean;
    trial.standard_error = folds.size() == 1 ? folds[0].standard_error : score.standard_error;
  }
  return trial;
}

}  // namespace ridgeline::selection
