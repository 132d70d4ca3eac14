#pragma once
// Candidates in the order of their scores.

#include <string>
#include <string_view>
#include <vector>

#include "select/board.hpp"

namespace ridgeline::selection {

/// The trials that have not diverged, the best first, by the mean of the records that count
/// (Board::folds). Equal ones keep their order.
std::vector<int> ranking(const Board& board, const std::vector<int>& trials,
                         std::string_view metric);

}  // namespace ridgeline::selection
