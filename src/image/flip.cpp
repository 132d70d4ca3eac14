#include "image/flip.hpp"

#include <algorithm>
#include <cstddef>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "image/flip.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ridgeline::image::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR && !HWY_HAVE_SCALABLE
/// Exchanges pixels at both ends of the row in blocks of 16 bytes, as far as they fit. Returns how
/// many pixels at each end are done. With three channels a block has five pixels and one more byte,
/// which is kept.
std::size_t ReverseEnds(std::uint8_t* row, std::size_t bytes, std::size_t channels) {
  const hn::FixedTag<std::uint8_t, 16> d;
  // Tables for the left block, which gets the right one's pixels, and the other way round. 0x80
  // gives 0.
  alignas(16) static constexpr std::uint8_t tables[2][2][16] = {
      {{15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0},
       {15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}},
      {{13, 14, 15, 10, 11, 12, 7, 8, 9, 4, 5, 6, 1, 2, 3, 0x80},
       {0x80, 12, 13, 14, 9, 10, 11, 6, 7, 8, 3, 4, 5, 0, 1, 2}}};
  alignas(16) static constexpr std::uint8_t kept[2][2][16] = {
      {}, {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255}, {255}}};
  const std::size_t kind = channels == 1 ? 0 : 1, step = channels == 1 ? 16 : 15;
  const auto to_left = hn::Load(d, tables[kind][0]), to_right = hn::Load(d, tables[kind][1]);
  const auto left_kept = hn::Load(d, kept[kind][0]), right_kept = hn::Load(d, kept[kind][1]);
  std::size_t done = 0;
  if (bytes < 32) return 0;
  auto a = hn::LoadU(d, row), b = hn::LoadU(d, row + bytes - 16);
  while (bytes - 2 * done >= 32) {
    std::uint8_t *left = row + done, *right = row + bytes - done - 16;
    const auto at_left = hn::Or(hn::TableLookupBytesOr0(b, to_left), hn::And(a, left_kept));
    const auto at_right = hn::Or(hn::TableLookupBytesOr0(a, to_right), hn::And(b, right_kept));
    done += step;
    // Loads the next blocks before storing: a load that overlaps a recent store has to wait for it.
    if (bytes - 2 * done >= 32) {
      a = hn::LoadU(d, row + done);
      b = hn::LoadU(d, row + bytes - done - 16);
    }
    hn::StoreU(at_left, d, left);
    hn::StoreU(at_right, d, right);
  }
  return done / channels;
}
#else
std::size_t ReverseEnds(std::uint8_t*, std::size_t, std::size_t) {
  return 0;
}
#endif

void ReverseRows(std::uint8_t* row, std::size_t height, std::size_t width, std::size_t channels) {
  const std::size_t bytes = width * channels;
  for (std::size_t y = 0; y < height; ++y, row += bytes) {
    for (std::size_t x = ReverseEnds(row, bytes, channels); x < width / 2; ++x) {
      std::uint8_t* left = row + x * channels;
      std::swap_ranges(left, left + channels, row + (width - 1 - x) * channels);
    }
  }
}

}  // namespace ridgeline::image::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::image {

HWY_EXPORT(ReverseRows);

void flip_horizontal(Image& image) {
  HWY_DYNAMIC_DISPATCH(ReverseRows)
  (image.pixels.data(), static_cast<std::size_t>(image.height),
   static_cast<std::size_t>(image.width), static_cast<std::size_t>(image.channels));
}

void flip_vertical(Image& image) {
  const std::int64_t bytes = image.width * image.channels;
  for (std::int64_t y = 0; y < image.height / 2; ++y) {
    std::uint8_t* upper = image.pixels.data() + y * bytes;
    std::swap_ranges(upper, upper + bytes, image.pixels.data() + (image.height - 1 - y) * bytes);
  }
}

}  // namespace ridgeline::image
#endif  // HWY_ONCE
