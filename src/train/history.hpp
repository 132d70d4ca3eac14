#pragma once
// The epochs of a training as text and as rows of numbers.

#include <span>
#include <string>
#include <vector>

#include "ridgeline/model.hpp"

namespace ridgeline::train {

/// history.csv: epoch, seconds, images_per_second, learning_rate, l2, then data loss, penalty,
/// objective and accuracy of training ("train_...") and validation ("val_...", empty where there
/// is none), then decay_shrink and val_data_loss_error, the standard error. A line an epoch;
/// numbers that read back as the same bits.
std::string history_csv(const History& history);

/// Numbers that one epoch comes to in a row.
inline constexpr std::size_t epoch_columns = 23;
/// All epochs, a row each, and back, to the bit. `best_epoch` and the like are not part of it.
std::vector<double> to_rows(const std::vector<Epoch>& epochs);
std::vector<Epoch> from_rows(std::span<const double> rows);

}  // namespace ridgeline::train
