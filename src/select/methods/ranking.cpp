#include "select/methods/ranking.hpp"

#include <algorithm>
#include <map>

#include "select/score.hpp"
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

}  // namespace ridgeline::selection
