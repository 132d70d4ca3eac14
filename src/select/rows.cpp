#include "select/rows.hpp"

#include <cmath>
#include <limits>

namespace ridgeline::selection {
namespace {

void bind_means(Statement& s, const Metrics& m) {
  s.bind(m.data_loss).bind(m.penalty).bind(m.objective).bind(m.accuracy).bind(m.top5);
  s.bind(m.images);
}

void bind_measured(Statement& s, const std::optional<Metrics>& metrics) {
  constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
  const Metrics none{.data_loss = nothing,
                     .penalty = nothing,
                     .objective = nothing,
                     .accuracy = nothing,
                     .top5 = nothing,
                     .images = 0,
                     .data_loss_error = nothing,
                     .accuracy_error = nothing};
  const Metrics& m = metrics ? *metrics : none;
  bind_means(s, m);
  s.bind(m.data_loss_error).bind(m.accuracy_error);
}

Metrics read_means(const Statement& row, int column) {
  return {.data_loss = row.real(column),
          .penalty = row.real(column + 1),
          .objective = row.real(column + 2),
          .accuracy = row.real(column + 3),
          .top5 = row.real(column + 4),
          .images = row.integer(column + 5)};
}

std::optional<Metrics> read_measured(const Statement& row, int column) {
  Metrics m = read_means(row, column);
  if (std::isnan(m.data_loss)) return std::nullopt;
  m.data_loss_error = row.real(column + 6);
  m.accuracy_error = row.real(column + 7);
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
          .validation = read_measured(row, column + 11)};
}

void bind_test(Statement& statement, const std::optional<Metrics>& test) {
  bind_measured(statement, test);
}
std::optional<Metrics> read_test(const Statement& row, int column) {
  return read_measured(row, column);
}

}  // namespace ridgeline::selection
