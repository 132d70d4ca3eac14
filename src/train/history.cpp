#include "train/history.hpp"

#include <fmt/format.h>

#include <array>

namespace ridgeline::train {
namespace {

constexpr std::size_t metric_columns = 8;
constexpr std::size_t own_columns = 7;
static_assert(epoch_columns == own_columns + 2 * metric_columns);

std::array<double, metric_columns> to_row(const Metrics& m) {
  return {m.data_loss,       m.penalty,       m.objective,
          m.accuracy,        m.top5,          static_cast<double>(m.images),
          m.data_loss_error, m.accuracy_error};
}

Metrics metrics_of(std::span<const double> row) {
  return {.data_loss = row[0],
          .penalty = row[1],
          .objective = row[2],
          .accuracy = row[3],
          .top5 = row[4],
          .images = static_cast<std::int64_t>(row[5]),
          .data_loss_error = row[6],
          .accuracy_error = row[7]};
}

std::string csv(const std::optional<Metrics>& m) {
  return m ? fmt::format(",{},{},{},{}", m->data_loss, m->penalty, m->objective, m->accuracy)
           : ",,,,";
}

}  // namespace

std::string history_csv(const History& history) {
  std::string text =
      "epoch,seconds,images_per_second,learning_rate,l2,"
      "train_data_loss,train_penalty,train_objective,train_accuracy,"
      "val_data_loss,val_penalty,val_objective,val_accuracy,decay_shrink,val_data_loss_error\n";
  for (const Epoch& e : history.epochs) {
    text +=
        fmt::format("{},{:.3f},{:.1f},{},{}{}{},{},{}\n", e.epoch, e.seconds, e.images_per_second,
                    e.learning_rate, e.l2, csv(e.train), csv(e.validation), e.decay_shrink,
                    e.validation ? fmt::to_string(e.validation->data_loss_error) : "");
  }
  return text;
}

std::vector<double> to_rows(const std::vector<Epoch>& epochs) {
  std::vector<double> rows;
  const auto append = [&](const auto& values) {
    rows.insert(rows.end(), std::begin(values), std::end(values));
  };
  for (const Epoch& e : epochs) {
    append(std::array<double, own_columns>{static_cast<double>(e.epoch), e.seconds,
                                           e.images_per_second, e.learning_rate, e.l2,
                                           e.decay_shrink, e.validation ? 1.0 : 0.0});
    append(to_row(e.train));
    append(to_row(e.validation.value_or(Metrics{})));
  }
  return rows;
}

std::vector<Epoch> from_rows(std::span<const double> rows) {
  std::vector<Epoch> epochs;
  for (; rows.size() >= epoch_columns; rows = rows.subspan(epoch_columns)) {
    epochs.push_back({.epoch = static_cast<int>(rows[0]),
                      .seconds = rows[1],
                      .images_per_second = rows[2],
                      .learning_rate = rows[3],
                      .l2 = rows[4],
                      .decay_shrink = rows[5],
                      .train = metrics_of(rows.subspan(own_columns, metric_columns))});
    if (rows[6] != 0) {
      epochs.back().validation =
          metrics_of(rows.subspan(own_columns + metric_columns, metric_columns));
    }
  }
  return epochs;
}

}  // namespace ridgeline::train
