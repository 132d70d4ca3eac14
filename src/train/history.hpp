#pragma once
// The epochs of a training as text and as rows of numbers.

#include <span>
#include <string>
#include <vector>

#include "ridgeline/model.hpp"

namespace ridgeline::train {

/// history.csv: epoch, seconds, images_per_second, learning_rate, l2, then data loss, penalty,
/// objective and every metric of training ("train_...") and validation ("val_...", empty if it
/// was not measured), then decay_shrink and val_data_loss_error, the standard error. A line for
/// each epoch; numbers that read back as the same bits.
std::string history_csv(const History& history);

/// The length of an epoch's row, for so many metrics.
std::size_t epoch_columns(std::size_t metrics);
/// Converts all epochs to rows of numbers and back, bit for bit. All have the metrics `measured`.
/// Other fields, such as `best_epoch`, are not included.
std::vector<double> to_rows(const std::vector<Epoch>& epochs);
std::vector<Epoch> from_rows(std::span<const double> rows,
                             const std::vector<MetricValue>& measured);

}  // namespace ridgeline::train
