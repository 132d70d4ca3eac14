#pragma once
// Candidates in the order of their scores, and differences between two of them.

#include <string>
#include <string_view>
#include <vector>

#include "select/board.hpp"
#include "select/score.hpp"

namespace ridgeline::selection {

/// The trials that have not diverged, the best first, by the mean of the records that count
/// (Board::folds). Equal ones keep their order.
std::vector<int> ranking(const Board& board, const std::vector<int>& trials,
                         std::string_view metric);

/// How much higher a trial scores than another: the mean of the differences over the folds that
/// both have, and its error over the folds or, for one fold, over the images of both.
MeanAndError paired_difference(const Board& board, int trial, int other);

}  // namespace ridgeline::selection
