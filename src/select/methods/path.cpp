// path: the grid's candidates from the strongest λ to the weakest, each trained from the weights
// that the one before ended with, for a third of the epochs (glmnet's idea: Friedman, Hastie and
// Tibshirani, Regularization paths for generalized linear models via coordinate descent, 2010). It
// ends when the scores have plainly passed their minimum.
//
// The bias: at the end of the path the weights have seen more epochs than the refit's will, so a
// weak λ over-fits there as it would in a longer training. The path's minimum is then at a stronger
// λ than that of single trainings. The refit begins with fresh weights.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ridgeline/error.hpp"
#include "select/methods/method.hpp"
#include "select/methods/ranking.hpp"
#include "select/rules.hpp"
#include "select/score.hpp"
#include "select/summary.hpp"

namespace ridgeline::selection {
namespace {

constexpr int epochs_part = 3;  // of the first training's epochs, for each that continues
constexpr int most_worse = 2;   // trainings in succession that are plainly worse than the best
constexpr double plainly = 2;   // standard errors

class Path final : public Method {
 public:
  Path(const SelectOptions& options, const SelectionTask& task) : options_(options), task_(task) {
    const std::string& key = options.over.begin()->first;
    if (options.over.size() != 1 || !key.starts_with("regularize.") || key == "regularize.l2_sp") {
      throw UsageError(
          "select.method = path goes from strong to weak values of one key of [regularize] (not "
          "l2_sp, which pulls towards the initial weights): choose grid, random or race for other "
          "keys");
    }
  }

  std::vector<Request> next(Board& board) override;
  std::vector<Request> later(const Board& board) const override {
    std::vector<Request> all;
    for (std::size_t place = asked_; place < order_.size(); ++place) append(all, board, place);
    return all;
  }
  std::optional<ModelChoice> choose(const Board& board, std::string_view rule) const override;

 private:
  void begin(Board& board);
  void append(std::vector<Request>& to, const Board& board, std::size_t place) const;
  int all_epochs(const Board& board) const;
  bool learnt(const Board& board, int trial) const;
  /// Whether a trial is plainly worse than another.
  bool worse(const Board& board, int trial, int than) const;
  bool passed(Board& board) const;
  double sign() const { return higher_is_better(options_.metric, {}) ? -1 : 1; }
  std::string value(const Board& board, int trial) const {
    return fmt::format("{:g}", board.parameters(trial).begin()->second);
  }

  const SelectOptions& options_;
  const SelectionTask& task_;
  std::vector<int> order_;  // trials, from the strongest value; 0 is the last
  std::size_t asked_ = 0;   // of them
};

void Path::begin(Board& board) {
  board.add(sample_grid({options_.over, options_.trials, options_.seed, task_.settle}));
  for (int trial = 1; trial <= board.trials(); ++trial) order_.push_back(trial);
  std::ranges::sort(order_, std::greater<>(),
                    [&](int trial) { return board.parameters(trial).begin()->second; });
}

// Of a training that does not continue another.
int Path::all_epochs(const Board& board) const {
  if (task_.cost) return task_.cost(board.parameters(order_[0])).epochs;
  int most = 0;
  for (const auto& [request, record] : board.records()) most = std::max(most, record.epochs);
  return most;
}

// Whether a training can be continued. A far too strong penalty makes all weights 0, and a network
// of zeros stays one.
bool Path::learnt(const Board& board, int trial) const {
  if (board.diverged(trial) || board.folds(trial).empty()) return false;
  return !task_.guess || better_than_guess(summary(board, trial, true), *task_.guess);
}

void Path::append(std::vector<Request>& to, const Board& board, std::size_t place) const {
  int from = 0;
  for (std::size_t before = 0; before < place; ++before) {
    if (learnt(board, order_[before])) from = order_[before];
  }
  const int epochs = from > 0 ? (all_epochs(board) + epochs_part - 1) / epochs_part : 0;
  for (int fold = 1; fold <= options_.folds; ++fold) {
    to.push_back({.id = {order_[place], fold}, .epochs = epochs, .from = from, .keep = true});
  }
}

bool Path::worse(const Board& board, int trial, int than) const {
  const MeanAndError difference = paired_difference(board, trial, than);
  return sign() * difference.mean > plainly * difference.standard_error;
}

// Whether the last trials are all plainly worse than the best one before them.
bool Path::passed(Board& board) const {
  const auto score = [&](int trial) {
    std::vector<double> scores;
    for (const FoldRecord& fold : board.folds(trial)) scores.push_back(sign() * fold.score);
    return mean_and_error(scores).mean;
  };
  std::vector<int> known;
  for (std::size_t place = 0; place < asked_; ++place) {
    if (!board.diverged(order_[place])) known.push_back(order_[place]);
  }
  if (known.size() <= most_worse) return false;
  const auto last = std::span(known).last(most_worse);
  const int best = *std::ranges::min_element(known, {}, score);
  if (!std::ranges::all_of(last, [&](int t) { return t != best && worse(board, t, best); })) {
    return false;
  }
  board.decide(
      {last.back(), fmt::format("the path ends at {}: it and the value before it are more than {} "
                                "standard errors worse than {}",
                                value(board, last.back()), plainly, value(board, best))});
  return true;
}

std::vector<Request> Path::next(Board& board) {
  if (order_.empty()) begin(board);
  if (asked_ == order_.size() || passed(board)) {
    board.decide({0,
                  "a score of the path is biased, because its weights were trained for more "
                  "epochs than the refit's will be: compare it only with others of the path"});
    return {};
  }
  std::vector<Request> rung;
  append(rung, board, asked_++);
  const Request& first = rung.front();
  if (first.from > 0) {
    board.decide({first.id.trial, fmt::format("{} continues from the weights of {} for {} epochs",
                                              value(board, first.id.trial),
                                              value(board, first.from), first.epochs)});
  }
  return rung;
}

// As every rule does; but the refit, which begins with fresh weights, takes all epochs.
std::optional<ModelChoice> Path::choose(const Board& board, std::string_view rule) const {
  std::vector<Trial> trials;
  for (const int trial : order_) {
    if (board.complete(trial)) trials.push_back(summary(board, trial, true));
  }
  const Choice choice = selection::choose(trials, options_.metric, rule);
  if (choice.chosen == nullptr) return {};
  const double chosen = choice.chosen->parameters.begin()->second;
  return ModelChoice{.chosen = choice.chosen->parameters,
                     .score = choice.chosen->score,
                     .standard_error = choice.chosen->standard_error,
                     .tied = choice.tied.value_or(std::pair(chosen, chosen)),
                     .epochs = all_epochs(board)};
}

}  // namespace

std::unique_ptr<Method> path(const SelectOptions& options, const SelectionTask& task) {
  return std::make_unique<Path>(options, task);
}

}  // namespace ridgeline::selection
