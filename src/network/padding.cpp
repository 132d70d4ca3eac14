#include "network/padding.hpp"

#include <algorithm>

#include "options/check.hpp"

namespace ridgeline::network {
namespace {

/// Larger numbers are a mistake. With this limit, sums and products of a few stay far below 2^63.
constexpr std::int64_t most_pixels = std::int64_t{1} << 24;

void check_pair(std::string_view name, Pair pair) {
  require(pair.height >= 1 && pair.width >= 1 && std::max(pair.height, pair.width) <= most_pixels,
          "{} must be at least 1 and at most {}, not {}x{}", name, most_pixels, pair.height,
          pair.width);
}

struct Axis {
  std::int64_t output, before, after;
};

Axis place_axis(std::int64_t covered, std::int64_t stride, const Padding& padding,
                std::int64_t before, std::int64_t after, std::int64_t size) {
  if (padding.kind == Padding::Kind::same) {
    const std::int64_t output = (size + stride - 1) / stride;
    const std::int64_t total = std::max<std::int64_t>(0, (output - 1) * stride + covered - size);
    return {output, total / 2, total - total / 2};
  }
  const std::int64_t padded = size + before + after;
  return {padded < covered ? 0 : (padded - covered) / stride + 1, before, after};
}

}  // namespace

void check(const Window& window) {
  check_pair("kernel", window.kernel);
  check_pair("stride", window.stride);
  check_pair("dilation", window.dilation);
  const Padding& padding = window.padding;
  for (const std::int64_t pixels : {padding.top, padding.bottom, padding.left, padding.right}) {
    require(pixels >= 0 && pixels <= most_pixels,
            "padding must be at least 0 and at most {} pixels, not {}", most_pixels, pixels);
    require(pixels == 0 || padding.kind == Padding::Kind::explicit_,
            "padding in pixels must be of the explicit kind: Padding::pixels({})", pixels);
  }
}

Placement place(const Window& window, std::int64_t height, std::int64_t width) {
  const Padding& padding = window.padding;
  const Pair covered{window.dilation.height * (window.kernel.height - 1) + 1,
                     window.dilation.width * (window.kernel.width - 1) + 1};
  const Axis rows = place_axis(covered.height, window.stride.height, padding, padding.top,
                               padding.bottom, height);
  const Axis columns =
      place_axis(covered.width, window.stride.width, padding, padding.left, padding.right, width);
  require(rows.output > 0 && columns.output > 0,
          "has a window of {}x{} pixels, which does not fit into {}x{}{}", covered.height,
          covered.width, height, width,
          padding.kind == Padding::Kind::explicit_ ? " and its padding" : "");
  return {rows.output, columns.output, rows.before, rows.after, columns.before, columns.after};
}

}  // namespace ridgeline::network
