#include "select/methods/sequential.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "select/score.hpp"
#include "select/summary.hpp"

namespace ridgeline::selection {
namespace {

constexpr int most_attempts = 20;  // to find a candidate that was not tried yet

// The deviation of a fold's score from the sum of a candidate's and a fold's effect. All candidates
// share the folds, so that only this part is noise between them.
double residual_deviation(const std::vector<std::vector<double>>& scores) {
  const std::size_t count = scores.size(), folds = count == 0 ? 0 : scores[0].size();
  if (count < 2 || folds < 2) return 0;
  std::vector<double> of_fold(folds), of_candidate(count);
  double all = 0;
  for (std::size_t c = 0; c < count; ++c) {
    for (std::size_t f = 0; f < folds; ++f) {
      of_candidate[c] += scores[c][f] / static_cast<double>(folds);
      of_fold[f] += scores[c][f] / static_cast<double>(count);
      all += scores[c][f] / static_cast<double>(count * folds);
    }
  }
  // Candidates that are much worse than the others have larger deviations, so the median counts.
  std::vector<double> deviations;
  for (std::size_t c = 0; c < count; ++c) {
    double square = 0;
    for (std::size_t f = 0; f < folds; ++f) {
      square += std::pow(scores[c][f] - of_candidate[c] - of_fold[f] + all, 2);
    }
    deviations.push_back(std::sqrt(square / static_cast<double>(folds - 1)));
  }
  std::ranges::nth_element(deviations, deviations.begin() + static_cast<std::ptrdiff_t>(count / 2));
  return deviations[count / 2];
}

}  // namespace

int Sequential::first_count() const {
  const int dimensions = static_cast<int>(space_.dimensions());
  return std::min(options_.trials, 2 * dimensions + 3);
}

std::vector<Request> Sequential::next(Board& board) {
  const int first = board.trials() + 1;
  if (first == 1) {
    Search begin = search_;
    begin.trials = first_count();
    board.add(sample_sobol(begin));
    return requests(board, first);
  }
  std::vector<Tried> known = tried(board);
  const int wanted = std::min(at_once, options_.trials - board.trials());
  std::vector<Assignment> fresh;
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    if (static_cast<int>(fresh.size()) >= wanted || known.empty()) break;
    const UnitPoint point = propose(known, board.trials() * most_attempts + attempt);
    const Assignment candidate = space_.at(point);
    bool is_new = std::ranges::find(fresh, candidate) == fresh.end();
    for (int trial = 1; trial <= board.trials(); ++trial) {
      is_new = is_new && board.parameters(trial) != candidate;
    }
    if (!is_new) continue;
    fresh.push_back(candidate);
    // The next proposal takes this one as if it had a middling score, and keeps away from it.
    std::vector<double> scores;
    for (const Tried& t : known) scores.push_back(t.score);
    std::ranges::sort(scores);
    known.push_back({0, point, scores[scores.size() / 2], known.front().error});
  }
  if (fresh.empty()) return {};
  board.add(fresh);
  return requests(board, first);
}

std::vector<Request> Sequential::requests(const Board& board, int first) const {
  std::vector<Request> all;
  for (int trial = first; trial <= board.trials(); ++trial) {
    for (int fold = 1; fold <= options_.folds; ++fold) all.push_back({{trial, fold}});
  }
  return all;
}

std::vector<Request> Sequential::later(const Board& board) const {
  std::vector<Request> all;
  for (int trial = board.trials(); trial < options_.trials; ++trial) {
    for (int fold = 1; fold <= options_.folds; ++fold) all.push_back({{1, fold}});
  }
  return all;
}

std::vector<Tried> Sequential::tried(const Board& board) const {
  std::vector<Tried> all;
  std::vector<Trial> trials;
  std::vector<std::vector<double>> scores;
  for (int number = 1; number <= board.trials(); ++number) {
    trials.push_back(summary(board, number, true));
    if (trials.back().status != "done") continue;
    scores.emplace_back();
    for (const FoldRecord& fold : board.folds(number)) scores.back().push_back(fold.score);
  }
  const double sign = higher_is_better(options_.metric, trials) ? -1 : 1;
  double worst = -std::numeric_limits<double>::infinity();
  for (const Trial& t : trials) {
    if (t.status == "done") worst = std::max(worst, sign * t.score);
  }
  if (!std::isfinite(worst)) return {};
  const double folds = options_.folds, deviation = residual_deviation(scores);
  for (const Trial& t : trials) {
    const bool done = t.status == "done";
    all.push_back({.trial = done ? t.number : 0,
                   .point = space_.place(t.parameters),
                   .score = done ? sign * t.score : worst,
                   .error = deviation > 0 ? deviation / std::sqrt(folds) : known_error(t)});
  }
  return all;
}

}  // namespace ridgeline::selection
