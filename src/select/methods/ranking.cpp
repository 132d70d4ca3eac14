#include "select/methods/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "select/summary.hpp"

namespace ridgeline::selection {

std::vector<int> ranking(const Board& board, const std::vector<int>& trials,
                         std::string_view metric) {
  std::vector<int> ranked;
  std::map<int, double> score;
  std::vector<Trial> scored;
  for (const int trial : trials) {
    if (board.diverged(trial)) continue;
    scored.push_back(summary(board, trial, true));
    ranked.push_back(trial);
    score[trial] = scored.back().score;
  }
  const double sign = higher_is_better(metric, scored) ? -1 : 1;
  std::ranges::stable_sort(ranked, {}, [&](int trial) { return sign * score.at(trial); });
  return ranked;
}

MeanAndError paired_difference(const Board& board, int trial, int other) {
  const std::vector<FoldRecord> a = board.folds(trial), b = board.folds(other);
  std::vector<double> differences;
  for (std::size_t f = 0; f < std::min(a.size(), b.size()); ++f) {
    differences.push_back(a[f].score - b[f].score);
  }
  MeanAndError result = mean_and_error(differences);
  if (differences.size() == 1) {
    result.standard_error = std::hypot(a[0].standard_error, b[0].standard_error);
  }
  return result;
}

}  // namespace ridgeline::selection
