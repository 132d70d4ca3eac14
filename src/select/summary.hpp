#pragma once
// What a trial's trainings say together.

#include <string_view>

#include "select/board.hpp"

namespace ridgeline::selection {

/// The means over the folds that count (Board::folds). `complete`: whether nothing more is asked
/// for; otherwise the trial was stopped.
Trial summary(const Board& board, int trial, bool complete);

}  // namespace ridgeline::selection
