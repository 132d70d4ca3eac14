#pragma once
// What a trial's trainings say together.

#include <string_view>

#include "select/board.hpp"

namespace ridgeline::selection {

/// The trial of that number: means over the folds that count (Board::folds). `complete`: whether
/// nothing more is asked for; otherwise the trial was stopped.
Trial summary(const Board& board, int number, bool complete);

}  // namespace ridgeline::selection
