// The kernel's gradient of a fused convolution with few channels. A vector holds neighbouring
// filters. Each filter has another best position in the window, so a tap's values are looked up
// among the pixels of the window, with one table for each channel and row of the kernel. There are
// no lists and no branches, and one product for each window, where a dense convolution has one for
// each position.

#include <algorithm>
#include <utility>

#include "engine/kernels/conv_pool.hpp"
#include "engine/kernels/transpose.hpp"

#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/conv_pool_lookup.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/kernels/vectors.hpp"

#ifndef RIDGELINE_ENGINE_KERNELS_LOOKUP_SIZES
#define RIDGELINE_ENGINE_KERNELS_LOOKUP_SIZES
namespace ridgeline::engine::kernels {
namespace {

// Rows of the pool whose tables stay in the first-level cache.
inline std::int64_t rows_at_once(const ConvPool& s) {
  constexpr std::int64_t windows = 24;
  return std::clamp<std::int64_t>(windows / s.pooled_width, 1, s.pooled_height);
}

// The pixels of a window in a row of the source.
constexpr std::int64_t seen_columns(const ConvPool& s) {
  return (s.window_width - 1) * s.stride_width + s.kernel_width;
}
constexpr std::int64_t kernel_rows(const ConvPool& s) {
  return s.channels * s.kernel_height;
}
// The tables of a window, and one more for numbers that are written after the last.
constexpr std::int64_t tables_stride(const ConvPool& s) {
  return kernel_rows(s) + 1;
}
inline std::int64_t planes_size(const ConvPool& s) {
  return (s.height * s.row() / ConvPool::block + 2) * ConvPool::block;
}

}  // namespace
}  // namespace ridgeline::engine::kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

bool Fits(const ConvPool& s) {
  return lanes >= 8 && s.channels <= lookup_most_channels && s.kernel_width <= lookup_most_width &&
         s.window_height * seen_columns(s) <= lanes && s.positions() <= lanes;
}

#if HWY_TARGET == HWY_SCALAR
void Lookup(const ConvPool&, const ConvPoolBackward&) {}
#else
using IntTag = hn::RebindToSigned<Tag>;

// A row of the pool's windows: their pixels in a row of the source, and their tables.
struct TableRow {
  const float* from;
  float* to;
  std::int64_t step, stride;  // between windows
  std::int64_t windows;
};

// Up to three more numbers are read and written: planes and tables are followed by padding.
void FillTables(const TableRow& r, std::int64_t columns) {
  const hn::FixedTag<float, 4> d;
  for (std::int64_t i = 0; i < columns; i += 4) {
    for (std::int64_t w = 0; w < r.windows; ++w) {
      hn::StoreU(hn::LoadU(d, r.from + w * r.step + i), d, r.to + w * r.stride + i);
    }
  }
}

// The usual tables, two rows of four, at once.
void FillUsualTables(const TableRow& r, std::int64_t next_row) {
  const hn::FixedTag<float, 4> d;
  for (std::int64_t w = 0; w < r.windows; ++w) {
    const float* from = r.from + w * r.step;
    float* to = r.to + w * r.stride;
    hn::Store(hn::LoadU(d, from), d, to);
    hn::Store(hn::LoadU(d, from + next_row), d, to + 4);
  }
}

// Tables of some of the pool's rows, a vector each: [windows][channels][kernel rows]. One holds the
// rows that the window's positions see of a channel at that row of the kernel.
void MakeTables(const ConvPool& s, const float* planes, std::int64_t first_row, std::int64_t rows,
                float* tables) {
  const std::int64_t columns = seen_columns(s), stride = tables_stride(s) * lanes;
  const bool usual = columns == 4 && s.window_height == 2;
  for (std::int64_t row = 0; row < rows; ++row, tables += s.pooled_width * stride) {
    const std::int64_t top = (first_row + row) * s.step_height * s.stride_height;
    float* table = tables;
    for (std::int64_t c = 0; c < s.channels; ++c) {
      for (std::int64_t ky = 0; ky < s.kernel_height; ++ky, table += lanes) {
        TableRow tile{planes + (c * s.height + top + ky) * s.width, table,
                      s.step_width * s.stride_width, stride, s.pooled_width};
        if (usual) {
          FillUsualTables(tile, s.stride_height * s.width);
          continue;
        }
        for (std::int64_t wy = 0; wy < s.window_height; ++wy) {
          FillTables(tile, columns);
          tile.from += s.stride_height * s.width;
          tile.to += columns;
        }
      }
    }
  }
}

// A tile of the gradient: some rows of the kernel of a vector of filters.
struct LookupTile {
  const float* tables;  // of the first row, of the first window
  float* to;            // [rows][kernel width][padded filters]
  std::int64_t first;   // window
  std::int64_t windows;
  std::int64_t filter;
  float* bias_gradient;  // or null
};

template <int Width, int Rows>
void AddLookups(const ConvPool& s, const ConvPoolBackward& a, const LookupTile& tile) {
  constexpr int sums = Width * Rows;
  const Tag d;
  const IntTag di;
  const hn::Rebind<std::uint8_t, Tag> db;
  const PartialVector part(s.filters - tile.filter);
  const Relu relu(s.relu ? s.slope : 1);
  const std::int64_t padded = s.padded_filters(), stride = tables_stride(s) * lanes;

  HWY_ALIGN std::int32_t places[lanes] = {};
  for (std::int64_t p = 0; p < s.positions(); ++p) {
    places[p] = static_cast<std::int32_t>(p / s.window_width * seen_columns(s) +
                                          p % s.window_width * s.stride_width);
  }
  const auto place = hn::Load(di, places);
  Vec sum[sums];
  Unroll<sums>([&](auto i) RIDGELINE_INLINE_LAMBDA { sum[i] = hn::Load(d, tile.to + i * padded); });
  Vec bias = hn::Zero(d);
  const float* table = tile.tables;
  for (std::int64_t w = tile.first; w < tile.first + tile.windows; ++w, table += stride) {
    const Vec gradient = part.load(a.gradient + w * s.filters + tile.filter);
    const Vec g = relu.back(gradient, part.load(a.pooled + w * s.filters + tile.filter));
    bias = hn::Add(bias, g);
    const auto chosen = hn::PromoteTo(di, hn::LoadU(db, a.chosen + w * padded + tile.filter));
    const auto where = hn::TableLookupLanes(place, hn::IndicesFromVec(di, chosen));
    Unroll<Width>([&](auto x) RIDGELINE_INLINE_LAMBDA {
      const auto indices = hn::IndicesFromVec(d, hn::Add(where, hn::Set(di, int{x})));
      Unroll<Rows>([&](auto r) RIDGELINE_INLINE_LAMBDA {
        const Vec seen = hn::TableLookupLanes(hn::Load(d, table + r * lanes), indices);
        sum[r * Width + x] = hn::MulAdd(seen, g, sum[r * Width + x]);
      });
    });
  }
  Unroll<sums>([&](auto i) RIDGELINE_INLINE_LAMBDA { hn::Store(sum[i], d, tile.to + i * padded); });
  if (tile.bias_gradient == nullptr) return;
  float* to = tile.bias_gradient + tile.filter;
  part.store(hn::Add(part.load(to), bias), to);
}

// Rows whose sums fit into registers with the indices, the gradient and a looked-up vector.
template <int Width>
constexpr int most_lookup_rows = std::clamp((registers - 2 - Width) / Width, 1, 9);

using LookupFunction = void (*)(const ConvPool&, const ConvPoolBackward&, const LookupTile&);
template <int Width, int... Rows>
void AddRows(const ConvPool& s, const ConvPoolBackward& a, LookupTile tile,
             std::integer_sequence<int, Rows...>) {
  static constexpr LookupFunction table[] = {AddLookups<Width, Rows + 1>...};
  const std::int64_t rows = kernel_rows(s), most = sizeof...(Rows);
  const std::int64_t tiles = (rows + most - 1) / most;
  float* const bias_gradient = tile.bias_gradient;
  const LookupTile all = tile;
  for (std::int64_t t = 0; t < tiles; ++t) {
    const std::int64_t begin = t * rows / tiles, end = (t + 1) * rows / tiles;
    tile.tables = all.tables + begin * lanes;
    tile.to = all.to + begin * Width * s.padded_filters();
    tile.bias_gradient = t == 0 ? bias_gradient : nullptr;
    table[end - begin - 1](s, a, tile);
  }
}

template <int Width>
void AddAllRows(const ConvPool& s, const ConvPoolBackward& a, const LookupTile& tile) {
  AddRows<Width>(s, a, tile, std::make_integer_sequence<int, most_lookup_rows<Width> >());
}

template <int... Widths>
void AddRows(const ConvPool& s, const ConvPoolBackward& a, const LookupTile& tile,
             std::integer_sequence<int, Widths...>) {
  static constexpr LookupFunction table[] = {AddAllRows<Widths + 1>...};
  table[s.kernel_width - 1](s, a, tile);
}

void Lookup(const ConvPool& s, const ConvPoolBackward& a) {
  auto* planes = static_cast<float*>(a.scratch);
  float* tables = planes + planes_size(s);
  transpose(a.source, s.height * s.width, s.channels, planes);
  for (std::int64_t row = 0; row < s.pooled_height; row += rows_at_once(s)) {
    const std::int64_t rows = std::min(rows_at_once(s), s.pooled_height - row);
    MakeTables(s, planes, row, rows, tables);
    for (std::int64_t f = 0; f < s.filters; f += lanes) {
      AddRows(s, a,
              {tables, a.kernel_gradient + f, row * s.pooled_width, rows * s.pooled_width, f,
               a.bias_gradient},
              std::make_integer_sequence<int, lookup_most_width>());
    }
  }
}
#endif

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::engine::kernels {

HWY_EXPORT(Fits);
HWY_EXPORT(Lookup);

bool lookup_fits(const ConvPool& s) {
  return HWY_DYNAMIC_DISPATCH(Fits)(s);
}

std::size_t lookup_scratch(const ConvPool& s) {
  const std::int64_t windows = rows_at_once(s) * s.pooled_width;
  const std::int64_t tables = windows * tables_stride(s) * ConvPool::block;
  return static_cast<std::size_t>(planes_size(s) + tables) * sizeof(float);
}

void lookup_to_plain(const ConvPool& s, const float* from, float* plain) {
  const std::int64_t taps = s.kernel_size();
  for (std::int64_t f = 0; f < s.filters; ++f) {
    for (std::int64_t t = 0; t < taps; ++t) *plain++ = from[t * s.padded_filters() + f];
  }
}

void conv_pool_lookup(const ConvPool& shape, const ConvPoolBackward& arguments) {
  HWY_DYNAMIC_DISPATCH(Lookup)(shape, arguments);
}

}  // namespace ridgeline::engine::kernels
#endif  // HWY_ONCE
