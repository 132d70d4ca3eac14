#pragma once
// Epochs and metrics as rows of the study's tables.

#include "select/database.hpp"
#include "select/task.hpp"

namespace ridgeline::selection {

/// The columns of an epoch from its seconds on, without the metrics, and a placeholder for each.
inline constexpr const char* epoch_columns =
    "seconds, images_per_second, learning_rate, l2, decay_shrink, train_data_loss, train_penalty, "
    "train_objective, train_images, val_data_loss, val_penalty, val_objective, val_images, "
    "val_data_loss_error";
inline constexpr const char* epoch_places = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?";
void bind_epoch(Statement& statement, const Epoch& epoch);
/// A row of epoch_columns, from `column` on.
Epoch read_epoch(const Statement& row, int number, int column);

/// The columns of an evaluation, all null if there was none, and a placeholder for each.
inline constexpr const char* test_columns =
    "test_data_loss, test_penalty, test_objective, test_images, test_data_loss_error";
inline constexpr const char* test_places = "?, ?, ?, ?, ?";
void bind_test(Statement& statement, const std::optional<Metrics>& test);
std::optional<Metrics> read_test(const Statement& row, int column);

/// The columns of a metric, and a placeholder for each.
inline constexpr const char* metric_columns =
    "position, name, value, standard_error, higher_is_better";
inline constexpr const char* metric_places = "?, ?, ?, ?, ?";
void bind_metric(Statement& statement, const std::vector<MetricValue>& values, std::size_t i);
/// A row of metric_columns, from `column` on.
MetricValue read_metric(const Statement& row, int column);

}  // namespace ridgeline::selection
