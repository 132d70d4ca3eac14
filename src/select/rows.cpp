#include "select/rows.hpp"

#include <cmath>
#include <limits>

namespace ridgeline::selection {
namespace {

void bind_means(Statement& s, const Metrics& m) {
  s.bind(m.data_loss).bind(m.penalty).bind(m.objective).bind(m.images);
}

void bind_measured(Statement& s, const std::optional<Metrics>& metrics) {
  constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
  const Metrics none{.data_loss = nothing,
                     .penalty = nothing,
                     .objective = nothing,
                     .images = 0,
                     .data_loss_error = nothing};
  const Metrics& m = metrics ? *metrics : none;
  bind_means(s, m);
  s.bind(m.data_loss_error);
}

Metrics read_means(const Statement& row, int column) {
  return {.data_loss = row.real(column),
          .penalty = row.real(column + 1),
          .objective = row.real(column + 2),
          .images = row.integer(column + 3)};
}

std::optional<Metrics> read_measured(const Statement& row, int column) {
  Metrics m = read_means(row, column);
  if (std::isnan(m.data_loss)) return std::nullopt;
  m.data_loss_error = row.real(column + 4);
  return m;
}

}  // namespace

void bind_epoch(Statement& s, const Epoch& e) {
  s.bind(e.seconds).bind(e.images_per_second).bind(e.learning_rate).bind(e.l2).bind(e.decay_shrink);
  bind_means(s, e.train);
  bind_measured(s, e.validation);
}

Epoch read_epoch(const Statement& row, int number, int column) {
  return {.epoch = number,
          .seconds = row.real(column),
          .images_per_second = row.real(column + 1),
          .learning_rate = row.real(column + 2),
          .l2 = row.real(column + 3),
          .decay_shrink = row.real(column + 4),
          .train = read_means(row, column + 5),
          .validation = read_measured(row, column + 9)};
}

void bind_test(Statement& statement, const std::optional<Metrics>& test) {
  bind_measured(statement, test);
}
std::optional<Metrics> read_test(const Statement& row, int column) {
  return read_measured(row, column);
}

void bind_metric(Statement& statement, const std::vector<MetricValue>& values, std::size_t i) {
  const MetricValue& metric = values[i];
  statement.bind(static_cast<std::int64_t>(i)).bind(metric.name).bind(metric.value);
  statement.bind(metric.standard_error).bind(metric.higher_is_better ? 1 : 0);
}

MetricValue read_metric(const Statement& row, int column) {
  return {.name = row.text(column + 1),
          .value = row.real(column + 2),
          .standard_error = row.real(column + 3),
          .higher_is_better = row.integer(column + 4) != 0};
}

}  // namespace ridgeline::selection
