#include "train/probe.hpp"

#include <algorithm>
#include <cmath>

#include "ridgeline/error.hpp"

namespace ridgeline::train {
namespace {

constexpr std::size_t fewest_images = 8, most_images = 64;
constexpr std::size_t pixel_floats = std::size_t{1} << 22;         // 16 MiB of images
constexpr std::int64_t activation_floats = std::int64_t{1} << 21;  // of one layer: 8 MiB
constexpr std::int64_t trained_per_image = 512;  // keeps the cost of a measured image below 1 %

// Images at a time, few enough to keep a layer's values small.
std::int64_t images_at_once(const ModelCore& core) {
  std::int64_t largest = core.layout().input.elements();
  for (const Shape& shape : core.layout().outputs) largest = std::max(largest, shape.elements());
  return std::max<std::int64_t>(1, activation_floats / largest);
}

ActivationStatistics statistics_of(const engine::ActivationSums& sums, bool relu) {
  const auto silent = std::ranges::count(sums.largest, 0.0);
  return {
      .rms = std::sqrt(sums.square / sums.count),
      .mean_absolute = sums.absolute / sums.count,
      .dead = relu ? static_cast<double>(silent) / static_cast<double>(sums.largest.size()) : 0};
}

void add(engine::ActivationSums& total, const engine::ActivationSums& more) {
  total.square += more.square;
  total.absolute += more.absolute;
  total.count += more.count;
  for (std::size_t c = 0; c < total.largest.size(); ++c) {
    total.largest[c] = std::max(total.largest[c], more.largest[c]);
  }
}

}  // namespace

Probe::Probe(ModelCore& core, Dataset train)
    : core_(core),
      train_(std::move(train)),
      images_(std::min(train_.size(), std::clamp(pixel_floats / static_cast<std::size_t>(
                                                                    core.layout().input.elements()),
                                                 fewest_images, most_images))) {}

bool Probe::due(std::int64_t epoch) const {
  const auto trained = static_cast<std::int64_t>(train_.size());
  const std::int64_t cost = trained_per_image * static_cast<std::int64_t>(images_);
  return epoch * trained / cost > (epoch - 1) * trained / cost;
}

void Probe::read() {
  const auto size = static_cast<std::size_t>(core_.layout().input.elements());
  pixels_.resize(images_ * size);
  for (std::size_t i = 0; i < images_; ++i) {
    const auto pixels = std::span(pixels_).subspan(i * size, size);
    try {
      train_.read(i * train_.size() / images_, pixels);
    } catch (const DataError&) {  // reported when training reads it
      std::ranges::fill(pixels, 0.0f);
    }
  }
}

std::vector<ActivationStatistics> Probe::look() {
  if (pixels_.empty()) read();
  const std::int64_t size = core_.layout().input.elements();
  const auto images = static_cast<std::int64_t>(images_);
  std::vector<engine::ActivationSums> totals;
  for (std::int64_t first = 0, count = images_at_once(core_); first < images; first += count) {
    count = std::min(count, images - first);
    const auto pixels = std::span(pixels_).subspan(static_cast<std::size_t>(first * size),
                                                   static_cast<std::size_t>(count * size));
    auto sums = core_.engine.observe(core_.state, {.images = count, .inputs = pixels});
    if (totals.empty()) {
      totals = std::move(sums);
    } else {
      for (std::size_t n = 0; n < totals.size(); ++n) add(totals[n], sums[n]);
    }
  }
  std::vector<ActivationStatistics> all;
  for (std::size_t n = 0; n < totals.size(); ++n) {
    const bool relu = core_.network().nodes()[n].layer.spec().traits().rectifies;
    all.push_back(statistics_of(totals[n], relu));
  }
  return all;
}

}  // namespace ridgeline::train
