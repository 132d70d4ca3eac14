#include "image/levels.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "image/colour.hpp"
#include "image/recolour.hpp"

namespace ridgeline::image {
namespace {

using Table = std::array<std::uint8_t, 256>;
using Counts = std::array<std::int64_t, 256>;

template <typename Level>
Table table(Level level) {
  Table levels;
  for (std::size_t v = 0; v < levels.size(); ++v) levels[v] = level(static_cast<int>(v));
  return levels;
}

void apply(Image& image, const Table& levels) {
  for (std::uint8_t& pixel : image.pixels) pixel = levels[pixel];
}

void apply(Image& image, const std::array<Table, 3>& levels) {
  if (image.channels == 1) return apply(image, levels[0]);
  std::uint8_t* pixel = image.pixels.data();
  for (const std::uint8_t* end = pixel + image.pixels.size(); pixel != end; pixel += 3) {
    for (std::size_t c = 0; c < 3; ++c) pixel[c] = levels[c][pixel[c]];
  }
}

/// How often each level is there, in each channel.
std::array<Counts, 3> count_levels(const Image& image) {
  std::array<Counts, 3> counts{};
  const auto channels = static_cast<std::size_t>(image.channels);
  for (std::size_t i = 0; i < image.pixels.size(); i += channels) {
    for (std::size_t c = 0; c < channels; ++c) ++counts[c][image.pixels[i + c]];
  }
  return counts;
}

/// A table for each channel, made from its counts.
template <typename Make>
void apply_by_channel(Image& image, Make make) {
  if (image.pixels.empty()) return;
  const std::array<Counts, 3> counts = count_levels(image);
  std::array<Table, 3> tables{};
  for (std::size_t c = 0; c < static_cast<std::size_t>(image.channels); ++c) {
    tables[c] = make(counts[c]);
  }
  apply(image, tables);
}

Table stretched(const Counts& counts) {
  const auto seen = [](std::int64_t count) { return count > 0; };
  const auto lowest = std::find_if(counts.begin(), counts.end(), seen) - counts.begin();
  const auto highest = 255 - (std::find_if(counts.rbegin(), counts.rend(), seen) - counts.rbegin());
  if (lowest == highest) return table([](int v) { return static_cast<std::uint8_t>(v); });
  const float scale = static_cast<float>(highest - lowest) * (1.0F / 255.0F);
  return table(
      [&](int v) { return cut_off(static_cast<float>(v - static_cast<int>(lowest)) / scale); });
}

Table equalized(const Counts& counts) {
  std::int64_t pixels = 0, last = 0;
  for (const std::int64_t count : counts) {
    pixels += count;
    if (count > 0) last = count;
  }
  // The brightest level has no pixels above it, so that they do not count.
  const std::int64_t step = (pixels - last) / 255;
  if (step == 0) return table([](int v) { return static_cast<std::uint8_t>(v); });
  std::int64_t darker = 0;
  return table([&](int v) {
    const std::int64_t level = (darker + step / 2) / step;
    darker += counts[static_cast<std::size_t>(v)];
    return static_cast<std::uint8_t>(std::min<std::int64_t>(level, 255));
  });
}

}  // namespace

void adjust_brightness(Image& image, double factor) {
  const auto by = static_cast<float>(factor);
  apply(image, table([&](int v) { return cut_off(static_cast<float>(v) * by); }));
}

void adjust_contrast(Image& image, double factor) {
  if (image.pixels.empty()) return;
  const auto by = static_cast<float>(factor);
  const float rest = static_cast<float>(mean_grey(image)) * static_cast<float>(1 - factor);
  apply(image, table([&](int v) { return cut_off(static_cast<float>(v) * by + rest); }));
}

void posterize(Image& image, int bits) {
  const int mask = 256 - (1 << (8 - std::clamp(bits, 0, 8)));
  for (std::uint8_t& pixel : image.pixels) pixel = static_cast<std::uint8_t>(pixel & mask);
}

void solarize(Image& image, double threshold) {
  apply(image,
        table([&](int v) { return static_cast<std::uint8_t>(v >= threshold ? 255 - v : v); }));
}

void invert(Image& image) {
  for (std::uint8_t& pixel : image.pixels) pixel = static_cast<std::uint8_t>(255 - pixel);
}

void autocontrast(Image& image) {
  apply_by_channel(image, stretched);
}

void equalize(Image& image) {
  apply_by_channel(image, equalized);
}

}  // namespace ridgeline::image
