#include "train/history.hpp"

#include <fmt/format.h>

namespace ridgeline::train {
namespace {

constexpr std::size_t own_columns = 7;
constexpr std::size_t loss_columns = 5;  // of training or validation, before the metrics

std::size_t metrics_columns(std::size_t metrics) {
  return loss_columns + 2 * metrics;
}

void append(std::vector<double>& rows, const Metrics& m, std::size_t metrics) {
  rows.insert(rows.end(), {m.data_loss, m.penalty, m.objective, static_cast<double>(m.images),
                           m.data_loss_error});
  for (std::size_t i = 0; i < metrics; ++i) {
    const MetricValue value = i < m.values.size() ? m.values[i] : MetricValue{};
    rows.insert(rows.end(), {value.value, value.standard_error});
  }
}

Metrics metrics_of(std::span<const double> row, const std::vector<MetricValue>& measured) {
  Metrics metrics{.data_loss = row[0],
                  .penalty = row[1],
                  .objective = row[2],
                  .images = static_cast<std::int64_t>(row[3]),
                  .data_loss_error = row[4],
                  .values = measured};
  for (std::size_t i = 0; i < measured.size(); ++i) {
    metrics.values[i].value = row[loss_columns + 2 * i];
    metrics.values[i].standard_error = row[loss_columns + 2 * i + 1];
  }
  return metrics;
}

std::string header(std::string_view set, const std::vector<MetricValue>& measured) {
  std::string text = fmt::format("{0}_data_loss,{0}_penalty,{0}_objective,", set);
  for (const MetricValue& metric : measured) text += fmt::format("{}_{},", set, metric.name);
  return text;
}

std::string csv(const std::optional<Metrics>& m, std::size_t metrics) {
  if (!m) return std::string(3 + metrics, ',');
  std::string text = fmt::format("{},{},{},", m->data_loss, m->penalty, m->objective);
  for (const MetricValue& metric : m->values) text += fmt::format("{},", metric.value);
  return text;
}

}  // namespace

std::string history_csv(const History& history) {
  const auto measured =
      history.epochs.empty() ? std::vector<MetricValue>() : history.epochs[0].train.values;
  std::string text = fmt::format(
      "epoch,seconds,images_per_second,learning_rate,l2,{}{}decay_shrink,val_data_loss_error\n",
      header("train", measured), header("val", measured));
  for (const Epoch& e : history.epochs) {
    text += fmt::format("{},{:.3f},{:.1f},{},{},{}{}{},{}\n", e.epoch, e.seconds,
                        e.images_per_second, e.learning_rate, e.l2, csv(e.train, measured.size()),
                        csv(e.validation, measured.size()), e.decay_shrink,
                        e.validation ? fmt::to_string(e.validation->data_loss_error) : "");
  }
  return text;
}

std::size_t epoch_columns(std::size_t metrics) {
  return own_columns + 2 * metrics_columns(metrics);
}

std::vector<double> to_rows(const std::vector<Epoch>& epochs) {
  std::vector<double> rows;
  for (const Epoch& e : epochs) {
    const std::size_t metrics = epochs[0].train.values.size();
    rows.insert(rows.end(), {static_cast<double>(e.epoch), e.seconds, e.images_per_second,
                             e.learning_rate, e.l2, e.decay_shrink, e.validation ? 1.0 : 0.0});
    append(rows, e.train, metrics);
    append(rows, e.validation.value_or(Metrics{}), metrics);
  }
  return rows;
}

std::vector<Epoch> from_rows(std::span<const double> rows,
                             const std::vector<MetricValue>& measured) {
  std::vector<Epoch> epochs;
  const std::size_t columns = metrics_columns(measured.size());
  for (const std::size_t row = epoch_columns(measured.size()); rows.size() >= row;
       rows = rows.subspan(row)) {
    epochs.push_back({.epoch = static_cast<int>(rows[0]),
                      .seconds = rows[1],
                      .images_per_second = rows[2],
                      .learning_rate = rows[3],
                      .l2 = rows[4],
                      .decay_shrink = rows[5],
                      .train = metrics_of(rows.subspan(own_columns, columns), measured)});
    if (rows[6] != 0) {
      epochs.back().validation = metrics_of(rows.subspan(own_columns + columns, columns), measured);
    }
  }
  return epochs;
}

}  // namespace ridgeline::train
