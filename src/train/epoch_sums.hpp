#pragma once
// Sums over the steps of the current epoch.

#include <array>

#include "ridgeline/model.hpp"

namespace ridgeline::train {

/// Sums, weighted by images: a step adds its mean times its images. Only the seconds are not
/// weighted.
struct EpochSums {
  double images = 0;
  double data_loss = 0;
  double penalty = 0;
  double decay_shrink = 0;
  double seconds = 0;

  /// Without the metrics.
  Metrics means() const {
    const double n = images > 0 ? images : 1;
    return {.data_loss = data_loss / n,
            .penalty = penalty / n,
            .objective = data_loss / n + penalty / n,
            .images = static_cast<std::int64_t>(images)};
  }
  double mean_decay_shrink() const { return images > 0 ? decay_shrink / images : 0; }
  double images_per_second() const { return seconds > 0 ? images / seconds : 0; }

  static constexpr std::size_t count = 5;
  std::array<double, count> row() const {
    return {images, data_loss, penalty, decay_shrink, seconds};
  }
  static EpochSums from(const std::array<double, count>& r) {
    return {r[0], r[1], r[2], r[3], r[4]};
  }
};

}  // namespace ridgeline::train
