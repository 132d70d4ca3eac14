#include "metrics/confusion.hpp"

#include <algorithm>
#include <cmath>

namespace ridgeline::metrics {
namespace {

constexpr std::size_t most_classes_shown = 4096;

}  // namespace

void Confusion::add(const Batch& batch) {
  classes_ = std::max(classes_, batch.classes());
  for (std::size_t i = 0; i < batch.images(); ++i) {
    Cell& cell = cells_[{batch.true_class(i), predicted_class(batch.output(i))}];
    const double w = batch.weight(i);
    cell.images += 1;
    cell.weight += w;
    cell.square += w * w;
  }
}

void Confusion::merge(const Confusion& other) {
  classes_ = std::max(classes_, other.classes_);
  for (const auto& [key, from] : other.cells_) {
    Cell& cell = cells_[key];
    cell.images += from.images;
    cell.weight += from.weight;
    cell.square += from.square;
  }
}

double Confusion::images() const {
  double sum = 0;
  for (const auto& [key, cell] : cells_) sum += cell.images;
  return sum;
}

double Confusion::weight() const {
  double sum = 0;
  for (const auto& [key, cell] : cells_) sum += cell.weight;
  return sum;
}

std::vector<Confusion::Totals> Confusion::totals() const {
  std::vector<Totals> totals(classes_);
  for (const auto& [key, cell] : cells_) {
    Totals& truth = totals[static_cast<std::size_t>(key.first)];
    truth.truth += cell.weight;
    truth.is_truth = truth.met = true;
    if (key.second == nothing) continue;
    Totals& predicted = totals[static_cast<std::size_t>(key.second)];
    predicted.predicted += cell.weight;
    predicted.met = true;
    if (key.first == key.second) truth.hits += cell.weight;
  }
  return totals;
}

std::vector<std::vector<std::int64_t>> Confusion::matrix() const {
  if (classes_ > most_classes_shown) return {};
  std::vector matrix(classes_, std::vector<std::int64_t>(classes_));
  for (const auto& [key, cell] : cells_) {
    if (key.second == nothing) continue;
    matrix[static_cast<std::size_t>(key.first)][static_cast<std::size_t>(key.second)] =
        static_cast<std::int64_t>(cell.images);
  }
  return matrix;
}

double Confusion::standard_error(
    const std::function<double(std::int32_t, std::int32_t)>& influence) const {
  const double n = images();
  if (n < 2) return 0;
  double sum = 0;
  for (const auto& [key, cell] : cells_) {
    const double d = influence(key.first, key.second);
    sum += cell.square * d * d;
  }
  return std::sqrt(sum * n / (n - 1));
}

void Confusion::append_to(std::vector<double>& state) const {
  state.push_back(static_cast<double>(classes_));
  state.push_back(static_cast<double>(cells_.size()));
  for (const auto& [key, cell] : cells_) {
    state.insert(state.end(), {static_cast<double>(key.first), static_cast<double>(key.second),
                               cell.images, cell.weight, cell.square});
  }
}

void Confusion::restore(StateReader& reader) {
  clear();
  const std::size_t classes = reader.count();
  const auto place = [&](double c) {
    if (!(c >= nothing && c < static_cast<double>(classes))) reader.corrupt();
    return static_cast<std::int32_t>(c);
  };
  constexpr std::size_t width = 5;
  const std::size_t count = reader.count();
  for (auto rows = reader.numbers(count, width); !rows.empty(); rows = rows.subspan(width)) {
    if (rows[0] < 0) reader.corrupt();
    cells_[{place(rows[0]), place(rows[1])}] = {rows[2], rows[3], rows[4]};
  }
  classes_ = classes;
}

}  // namespace ridgeline::metrics
