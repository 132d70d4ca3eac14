#include "image/warp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "ridgeline/error.hpp"
#include "tensor/memory.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "image/warp.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#ifndef RIDGELINE_IMAGE_WARP_PARTS
#define RIDGELINE_IMAGE_WARP_PARTS
namespace ridgeline::image {
namespace {

constexpr int weight_bits = 11;  // two of them and a byte fit into 31 bits
constexpr std::int32_t one = 1 << weight_bits;

/// Where the pixels of one row of the result are in the image.
struct Places {
  std::int32_t *column, *row, *right, *down;
};

struct Source {
  const std::uint8_t* pixels;
  std::int64_t channels, height, width;
  Colour fill;

  bool has(std::int64_t y, std::int64_t x) const {
    return x >= 0 && x < width && y >= 0 && y < height;
  }
  const std::uint8_t* at(std::int64_t y, std::int64_t x) const {
    return has(y, x) ? pixels + (y * width + x) * channels : fill.data();
  }
};

/// Computes a pixel without vectors.
void plain_bilinear(const Source& source, std::int64_t y, std::int64_t x, std::int32_t right,
                    std::int32_t down, std::uint8_t* to) {
  const std::uint8_t *a = source.at(y, x), *b = source.at(y, x + 1), *c = source.at(y + 1, x),
                     *d = source.at(y + 1, x + 1);
  for (std::int64_t k = 0; k < source.channels; ++k) {
    const std::int32_t upper = a[k] * (one - right) + b[k] * right;
    const std::int32_t lower = c[k] * (one - right) + d[k] * right;
    to[k] = static_cast<std::uint8_t>(
        (upper * (one - down) + lower * down + (1 << (2 * weight_bits - 1))) >> (2 * weight_bits));
  }
}

}  // namespace
}  // namespace ridgeline::image
#endif

HWY_BEFORE_NAMESPACE();
namespace ridgeline::image::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// Finds the places of row `y` of the result by the map `m` from the result to the image. `half` is
/// subtracted, so that pixels have the whole numbers that `filter` needs.
void FindPlaces(const double* m, bool affine, std::int64_t y, std::int64_t width, double half,
                double most_column, double most_row, const Places& places) {
  const hn::ScalableTag<double> d;
  const hn::Rebind<std::int32_t, decltype(d)> d32;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const double v = static_cast<double>(y) + 0.5;
  const auto at_x = hn::Set(d, m[1] * v + m[2]), at_y = hn::Set(d, m[4] * v + m[5]),
             at_w = hn::Set(d, m[7] * v + m[8]);
  const auto by_x = hn::Set(d, m[0]), by_y = hn::Set(d, m[3]), by_w = hn::Set(d, m[6]);
  const auto off = hn::Set(d, half), outside = hn::Set(d, -2.0), scale = hn::Set(d, double{one});
  const auto zero = hn::Zero(d);
  // The arrays are padded to whole vectors.
  for (std::int64_t i = 0; i < width; i += lanes) {
    const auto u = hn::Add(hn::Iota(d, static_cast<double>(i)), hn::Set(d, 0.5));
    auto x = hn::Add(hn::Mul(u, by_x), at_x), row = hn::Add(hn::Mul(u, by_y), at_y);
    auto valid = hn::Eq(zero, zero);
    if (!affine) {
      const auto w = hn::Add(hn::Mul(u, by_w), at_w);
      valid = hn::Gt(w, zero);  // there is no image beyond the horizon
      x = hn::Div(x, w);
      row = hn::Div(row, w);
    }
    const auto put = [&](auto place, double most, std::int32_t* whole, std::int32_t* part) {
      place = hn::IfThenElse(valid, hn::Sub(place, off), outside);
      // NaN, and places too far away, are outside, too.
      place = hn::IfThenElse(hn::Gt(place, outside), hn::Min(place, hn::Set(d, most)), outside);
      const auto floor = hn::Floor(place);
      hn::StoreU(hn::DemoteTo(d32, floor), d32, whole + i);
      const auto rest = hn::Round(hn::Mul(hn::Sub(place, floor), scale));
      hn::StoreU(hn::DemoteTo(d32, rest), d32, part + i);
    };
    put(x, most_column, places.column, places.right);
    put(row, most_row, places.row, places.down);
  }
}

#if HWY_TARGET == HWY_SCALAR || HWY_HAVE_SCALABLE
void Bilinear3(const Source& source, std::int64_t, const Places& places, std::int64_t width,
               std::uint8_t* to) {
  for (std::int64_t i = 0; i < width; ++i) {
    plain_bilinear(source, places.row[i], places.column[i], places.right[i], places.down[i],
                   to + 3 * i);
  }
}
#else
/// The image has `bytes` bytes.
void Bilinear3(const Source& source, std::int64_t bytes, const Places& places, std::int64_t width,
               std::uint8_t* to) {
  const hn::FixedTag<std::int32_t, 4> d32;
  const hn::FixedTag<std::uint8_t, 16> d8;
  const hn::FixedTag<std::uint8_t, 8> d8_half;
  const hn::FixedTag<std::uint8_t, 4> d8_quarter;
  // Tables that make 32-bit numbers of the channels of the left and of the right pixel.
  alignas(16) static constexpr std::uint8_t left_bytes[16] = {
      0, 0x80, 0x80, 0x80, 1, 0x80, 0x80, 0x80, 2, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80};
  alignas(16) static constexpr std::uint8_t right_bytes[16] = {
      3, 0x80, 0x80, 0x80, 4, 0x80, 0x80, 0x80, 5, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80};
  const auto left_table = hn::Load(d8, left_bytes), right_table = hn::Load(d8, right_bytes);
  const auto half = hn::Set(d32, 1 << (2 * weight_bits - 1));
  const auto across = [&](const std::uint8_t* from, auto right) {
    const auto two = hn::ZeroExtendVector(d8, hn::LoadU(d8_half, from));
    const auto a = hn::BitCast(d32, hn::TableLookupBytesOr0(two, left_table));
    const auto b = hn::BitCast(d32, hn::TableLookupBytesOr0(two, right_table));
    return hn::Add(hn::ShiftLeft<weight_bits>(a), hn::Mul(hn::Sub(b, a), right));
  };
  for (std::int64_t i = 0; i < width; ++i, to += 3) {
    const std::int64_t x = places.column[i], y = places.row[i];
    const std::int64_t below = ((y + 1) * source.width + x) * 3;
    // Reads eight bytes for two pixels (six bytes), and writes four bytes for one pixel (three
    // bytes).
    if (source.has(y, x) && source.has(y + 1, x + 1) && below + 8 <= bytes && i + 1 < width) {
      const auto right = hn::Set(d32, places.right[i]);
      const auto upper = across(source.pixels + below - source.width * 3, right);
      const auto lower = across(source.pixels + below, right);
      const auto sum = hn::Add(hn::ShiftLeft<weight_bits>(upper),
                               hn::Mul(hn::Sub(lower, upper), hn::Set(d32, places.down[i])));
      const auto level = hn::ShiftRight<2 * weight_bits>(hn::Add(sum, half));
      hn::StoreU(hn::DemoteTo(d8_quarter, level), d8_quarter, to);
    } else {
      plain_bilinear(source, y, x, places.right[i], places.down[i], to);
    }
  }
}
#endif

}  // namespace ridgeline::image::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::image {
namespace {

HWY_EXPORT(FindPlaces);
HWY_EXPORT(Bilinear3);

template <std::int64_t Channels>
void nearest_row(const Source& source, const Places& places, std::int64_t width, std::uint8_t* to) {
  for (std::int64_t i = 0; i < width; ++i) {
    to = std::copy_n(source.at(places.row[i], places.column[i]), Channels, to);
  }
}

void bilinear_row1(const Source& source, const Places& places, std::int64_t width,
                   std::uint8_t* to) {
  for (std::int64_t i = 0; i < width; ++i) {
    plain_bilinear(source, places.row[i], places.column[i], places.right[i], places.down[i],
                   to + i);
  }
}

std::array<double, 9> back(const Transform& transform) {
  std::array<double, 9> matrix = transform.inverse().matrix;
  if (!std::all_of(matrix.begin(), matrix.end(), [](double v) { return std::isfinite(v); })) {
    throw UsageError("an image cannot be changed by a transform that has no inverse");
  }
  // The sign of w tells which pixels are beyond the horizon. The matrix may have either sign, so it
  // is chosen to make w positive at the centre of the changed image.
  const double w = matrix[6] * static_cast<double>(transform.width) / 2 +
                   matrix[7] * static_cast<double>(transform.height) / 2 + matrix[8];
  if (w < 0) {
    for (double& number : matrix) number = -number;
  }
  return matrix;
}

}  // namespace

void warp(const ImageView& image, const Transform& transform, Filter filter, Colour fill, Image& to,
          WarpScratch& scratch) {
  assert(image.channels == 1 || image.channels == 3);
  if (filter != Filter::nearest && filter != Filter::bilinear) {
    throw UsageError(R"(the filter of a geometric change must be "nearest" or "bilinear")");
  }
  const std::int64_t height = transform.height, width = transform.width;
  if (height < 1 || width < 1 || height > most_pixels / width) {
    throw UsageError(fmt::format("an image cannot have {} x {} pixels", width, height));
  }
  const std::array<double, 9> matrix = back(transform);
  require_memory(static_cast<std::size_t>(height * width * image.channels), "change an image");
  to.channels = image.channels;
  to.height = height;
  to.width = width;
  to.pixels.resize(static_cast<std::size_t>(height * width * image.channels));

  constexpr std::int64_t most_lanes = 256 / sizeof(double);  // in any instruction set
  for (auto* numbers : {&scratch.column, &scratch.row, &scratch.right, &scratch.down}) {
    numbers->resize(static_cast<std::size_t>(width + most_lanes));
  }
  const Places places{scratch.column.data(), scratch.row.data(), scratch.right.data(),
                      scratch.down.data()};
  const Source source{image.pixels.data(), image.channels, image.height, image.width, fill};
  const bool between = filter == Filter::bilinear;
  const auto bytes = static_cast<std::int64_t>(image.pixels.size());
  for (std::int64_t y = 0; y < height; ++y) {
    HWY_DYNAMIC_DISPATCH(FindPlaces)
    (matrix.data(), transform.affine(), y, width, between ? 0.5 : 0.0,
     static_cast<double>(image.width) + 1, static_cast<double>(image.height) + 1, places);
    std::uint8_t* row = to.pixels.data() + y * width * image.channels;
    if (!between) {
      const auto take = image.channels == 1 ? nearest_row<1> : nearest_row<3>;
      take(source, places, width, row);
    } else if (image.channels == 1) {
      bilinear_row1(source, places, width, row);
    } else {
      HWY_DYNAMIC_DISPATCH(Bilinear3)(source, bytes, places, width, row);
    }
  }
}

}  // namespace ridgeline::image
#endif  // HWY_ONCE
