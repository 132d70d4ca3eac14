#include "image/levels.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "image/colour.hpp"
#include "image/recolour.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "image/levels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ridgeline::image::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// Each level times `by`, plus `rest`.
void Scale(std::uint8_t* levels, std::size_t count, float by, float rest) {
  const hn::ScalableTag<float> d;
  const hn::Rebind<std::int32_t, decltype(d)> d32;
  const hn::Rebind<std::uint8_t, decltype(d)> d8;
  const std::size_t lanes = hn::Lanes(d);
  const auto factor = hn::Set(d, by), more = hn::Set(d, rest);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto level = hn::ConvertTo(d, hn::PromoteTo(d32, hn::LoadU(d8, levels + i)));
    const auto scaled = hn::Add(hn::Mul(level, factor), more);
    // DemoteTo clamps to [0, 255].
    hn::StoreU(hn::DemoteTo(d8, hn::ConvertTo(d32, scaled)), d8, levels + i);
  }
  for (; i < count; ++i) levels[i] = cut_off(static_cast<float>(levels[i]) * by + rest);
}

}  // namespace ridgeline::image::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::image {
namespace {

HWY_EXPORT(Scale);

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

/// The number of pixels of each level, for each channel.
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
  // Pixels of the brightest level do not count, since no level is above it.
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
  HWY_DYNAMIC_DISPATCH(Scale)
  (image.pixels.data(), image.pixels.size(), static_cast<float>(factor), 0.0F);
}

void adjust_contrast(Image& image, double factor) {
  if (image.pixels.empty()) return;
  const float rest = static_cast<float>(mean_grey(image)) * static_cast<float>(1 - factor);
  HWY_DYNAMIC_DISPATCH(Scale)
  (image.pixels.data(), image.pixels.size(), static_cast<float>(factor), rest);
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
#endif  // HWY_ONCE
