#include "image/taps.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

#include "tensor/memory.hpp"

namespace ridgeline::image {
namespace {

double sinc(double x) {
  if (x == 0) return 1;
  x *= std::numbers::pi;
  return std::sin(x) / x;
}

double reach(Filter filter) {
  return filter == Filter::bilinear ? 1 : filter == Filter::bicubic ? 2 : 3;
}

double value(Filter filter, double x) {
  x = std::abs(x);
  if (x >= reach(filter)) return 0;
  switch (filter) {
    case Filter::bilinear:
      return 1 - x;
    case Filter::bicubic: {  // Keys, 1981
      constexpr double a = -0.5;
      return x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : a * (((x - 5) * x + 8) * x - 4);
    }
    default:
      return sinc(x) * sinc(x / 3);
  }
}

std::int64_t whole(double x) {
  return static_cast<std::int64_t>(x);
}

}  // namespace

Taps taps(const Axis& axis, Filter filter, std::int64_t multiple) {
  assert(filter != Filter::nearest);
  const double scale = axis.length / static_cast<double>(axis.outputs);
  const double wider = std::max(scale, 1.0);
  const double support = reach(filter) * wider, narrower = 1 / wider;
  const auto most = static_cast<std::int64_t>(std::ceil(support)) * 2 + 1;

  Taps taps;
  taps.stride = (most + multiple - 1) / multiple * multiple;
  constexpr std::int64_t read_beyond = 8;
  const auto weights_in_all = static_cast<std::size_t>(axis.outputs * taps.stride + read_beyond);
  require_memory(2 * weights_in_all * sizeof(std::int16_t), "resize an image");
  taps.high.resize(weights_in_all);
  taps.low.resize(weights_in_all);
  std::vector<double> weights(static_cast<std::size_t>(taps.stride));
  for (std::int64_t i = 0; i < axis.outputs; ++i) {
    const double centre = axis.start + (static_cast<double>(i) + 0.5) * scale;
    const auto first = std::max(std::int64_t{0}, whole(centre - support + 0.5));
    const auto end = std::min(axis.size, whole(centre + support + 0.5));
    double sum = 0;
    for (std::int64_t x = first; x < end; ++x) {
      const double weight = value(filter, (static_cast<double>(x) - centre + 0.5) * narrower);
      weights[static_cast<std::size_t>(x - first)] = weight;
      sum += weight;
    }
    for (std::int64_t k = 0; k < end - first; ++k) {
      const double share = weights[static_cast<std::size_t>(k)] / sum;
      const auto weight = static_cast<std::int32_t>(std::lround(share * (1 << Taps::shift)));
      const auto at = static_cast<std::size_t>(i * taps.stride + k);
      taps.high[at] = static_cast<std::int16_t>(weight >> Taps::split);
      taps.low[at] = static_cast<std::int16_t>(weight & ((1 << Taps::split) - 1));
    }
    taps.first.push_back(first);
    taps.count.push_back(end - first);
  }
  return taps;
}

std::vector<std::int64_t> nearest_inputs(const Axis& axis) {
  const double scale = axis.length / static_cast<double>(axis.outputs);
  std::vector<std::int64_t> inputs;
  inputs.reserve(static_cast<std::size_t>(axis.outputs));
  // Summed, not multiplied, as in Pillow: rounding matters if a centre is on the edge of two
  // pixels.
  double centre = axis.start + 0.5 * scale;
  for (std::int64_t i = 0; i < axis.outputs; ++i, centre += scale) {
    inputs.push_back(std::clamp<std::int64_t>(static_cast<std::int64_t>(centre), 0, axis.size - 1));
  }
  return inputs;
}

}  // namespace ridgeline::image
