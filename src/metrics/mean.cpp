#include "metrics/mean.hpp"

#include <algorithm>
#include <cmath>

#include "metrics/state.hpp"

namespace ridgeline::metrics {

double WeightedMean::standard_error() const {
  const auto& [n, w, ws, ww, wws, wwss] = sums_;
  if (n < 2 || !(w > 0)) return 0;
  const double mean = ws / w;
  const double squares = std::max(0.0, wwss - 2 * mean * wws + mean * mean * ww);
  return std::sqrt(squares * n / (n - 1)) / w;
}

void MeanMetric::add(const Tensors& outputs, const Tensors& targets) {
  const Batch batch(outputs, targets, *this);
  for (std::size_t i = 0; i < batch.images(); ++i) mean_.add(of_image(batch, i), batch.weight(i));
}

void MeanMetric::merge(const Metric& other) {
  mean_.merge(dynamic_cast<const MeanMetric&>(other).mean_);
}

std::vector<double> MeanMetric::state() const {
  return {mean_.sums().begin(), mean_.sums().end()};
}

void MeanMetric::restore(std::span<const double> state) {
  const std::string metric = name();
  StateReader reader(state, metric);
  const auto sums = reader.numbers(WeightedMean::size);
  reader.end();
  std::array<double, WeightedMean::size> all;
  std::ranges::copy(sums, all.begin());
  mean_.restore(all);
}

}  // namespace ridgeline::metrics
