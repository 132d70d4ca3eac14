// The gradient of a max-pool's input is a sparse matrix, positions x filters. The kernel's gradient
// is its transpose times the source's patches. The source's gradient is the fold of its product
// with the kernel. Both add up scaled rows, listed once by filter and once by position.

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "engine/kernels/conv_pool.hpp"

#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/conv_pool_backward.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/kernels/conv_pool_lists.hpp"
#include "engine/kernels/vectors.hpp"

#ifndef RIDGELINE_ENGINE_KERNELS_CACHE_FLOATS
#define RIDGELINE_ENGINE_KERNELS_CACHE_FLOATS
namespace ridgeline::engine::kernels {
namespace {

// Four fifths of the first-level cache. Only time depends on it.
std::int64_t cache_floats() {
  static const long bytes = sysconf(_SC_LEVEL1_DCACHE_SIZE);
  return (bytes > 0 ? bytes : 32 << 10) / 5;
}

}  // namespace
}  // namespace ridgeline::engine::kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

// to[r][0, columns) += sum over entries of factor * from[r][offset + 0, columns)
struct ScaledRows {
  const float* from;
  float* to;
  std::int64_t from_stride, to_stride;  // between rows r
  std::int64_t columns;                 // the last vector may be partial
  Entries entries;
  std::int64_t count;
};

template <int Rows, int Vectors, bool Padded>
HWY_INLINE void AddEntry(const ScaledRows& a, PartialVector last, std::int64_t e, Vec* sum) {
  const Tag d;
  const Vec factor = hn::Set(d, a.entries.factors[e]);
  const float* from = a.from + a.entries.offsets[e];
  Unroll<Rows * Vectors>([&](auto i) RIDGELINE_INLINE_LAMBDA {
    constexpr int r = i / Vectors, v = i % Vectors;
    const float* at = from + r * a.from_stride + v * lanes;
    sum[i] =
        hn::MulAdd(factor, Padded || v + 1 < Vectors ? hn::LoadU(d, at) : last.load(at), sum[i]);
  });
}

// Padded: the scaled rows have zeros after their last column, up to a whole vector.
template <int Rows, int Vectors, bool Padded>
HWY_INLINE void AddTile(const ScaledRows& a) {
  constexpr int sums = Rows * Vectors;
  const Tag d;
  const PartialVector last(a.columns - (Vectors - 1) * lanes);
  Vec sum[sums];
  Unroll<sums>([&](auto i) RIDGELINE_INLINE_LAMBDA {
    constexpr int r = i / Vectors, v = i % Vectors;
    const float* to = a.to + r * a.to_stride + v * lanes;
    sum[i] = v + 1 < Vectors ? hn::LoadU(d, to) : last.load(to);
  });
  std::int64_t e = 0;
  // With few sums, each addition would wait for the one before. So entries alternate between two
  // sets of sums.
  if constexpr (sums < 6) {
    Vec other[sums];
    Unroll<sums>([&](auto i) RIDGELINE_INLINE_LAMBDA { other[i] = hn::Zero(d); });
    for (; e + 2 <= a.count; e += 2) {
      AddEntry<Rows, Vectors, Padded>(a, last, e, sum);
      AddEntry<Rows, Vectors, Padded>(a, last, e + 1, other);
    }
    Unroll<sums>([&](auto i) RIDGELINE_INLINE_LAMBDA { sum[i] = hn::Add(sum[i], other[i]); });
  }
  for (; e < a.count; ++e) AddEntry<Rows, Vectors, Padded>(a, last, e, sum);
  Unroll<sums>([&](auto i) RIDGELINE_INLINE_LAMBDA {
    constexpr int r = i / Vectors, v = i % Vectors;
    float* to = a.to + r * a.to_stride + v * lanes;
    if constexpr (v + 1 < Vectors) {
      hn::StoreU(sum[i], d, to);
    } else {
      last.store(sum[i], to);
    }
  });
}

constexpr int most_sums = registers == 32 ? 24 : 12;
constexpr int most_rows = 3;

using AddFunction = void (*)(const ScaledRows&);
template <int Rows, int... Vectors>
AddFunction FindAdd(std::int64_t vectors, std::integer_sequence<int, Vectors...>) {
  static constexpr AddFunction table[] = {AddTile<Rows, Vectors + 1, false>...};
  return table[vectors - 1];
}
AddFunction FindAdd(int rows, std::int64_t vectors) {
  switch (rows) {
    case 1:
      return FindAdd<1>(vectors, std::make_integer_sequence<int, most_sums>());
    case 2:
      return FindAdd<2>(vectors, std::make_integer_sequence<int, most_sums / 2>());
    default:
      return FindAdd<3>(vectors, std::make_integer_sequence<int, most_sums / 3>());
  }
}

// The kernel in tiles, small enough that one tile of all filters fits the first-level cache: [rows
// of tiles][tiles][filters][rows][vectors], with zeros after the last column. In this layout they
// do not compete for few sets of that cache.
struct FoldTiles {
  std::int64_t vectors, rows, count;  // of a row of the kernel; of a tile; tiles side by side
  std::int64_t width;                 // vectors of the widest tile

  explicit FoldTiles(const ConvPool& s)
      : vectors((s.run() + lanes - 1) / lanes),
        rows(std::min<std::int64_t>(most_rows, s.kernel_height)) {
    const std::int64_t most =
        std::clamp<std::int64_t>(cache_floats() / (s.filters * lanes), 4, most_sums);
    const std::int64_t fit = std::max<std::int64_t>(1, most / rows);
    count = (vectors + fit - 1) / fit;
    width = (vectors + count - 1) / count;
  }
  /// Floats of a filter in a tile.
  std::int64_t part() const { return rows * width * lanes; }
  std::int64_t begin(std::int64_t tile) const { return tile * width; }
  std::int64_t end(std::int64_t tile) const { return std::min(begin(tile) + width, vectors); }
};

void AddKernelGradient(const ConvPool& s, const ConvPoolBackward& a, const Lists& lists) {
  const std::int64_t vectors = (s.run() + lanes - 1) / lanes;
  const std::int64_t fit = std::clamp<std::int64_t>(most_sums / vectors, 1, most_rows);
  for (std::int64_t ky = 0; ky < s.kernel_height; ky += fit) {
    const auto rows = static_cast<int>(std::min(fit, s.kernel_height - ky));
    const std::int64_t tiles = (vectors * rows + most_sums - 1) / most_sums;
    for (std::int64_t t = 0; t < tiles; ++t) {
      const std::int64_t begin = t * vectors / tiles, end = (t + 1) * vectors / tiles;
      const std::int64_t column = begin * lanes;
      const AddFunction add = FindAdd(rows, end - begin);
      for (std::int64_t f = 0; f < s.filters; ++f) {
        const std::int64_t list = f * lists.by_filter_stride;
        add({a.source + ky * s.row() + column,
             a.kernel_gradient + f * s.kernel_size() + ky * s.run() + column,
             s.row(),
             s.run(),
             std::min(s.run(), end * lanes) - column,
             {lists.by_filter.factors + list, lists.by_filter.offsets + list},
             lists.filled[f]});
      }
    }
  }
}

// A tile of the kernel, times every window's entries, onto the source's gradient.
struct Fold {
  const float* kernel;     // of the first filter
  std::int64_t row;        // of the tile, in floats
  float* source_gradient;  // of the first patch
  std::int64_t columns;
};

template <int Rows, int Vectors>
void FoldTile(const ConvPool& s, const Lists& lists, const Fold& fold) {
  const std::int64_t positions = s.positions(), windows = s.windows();
  ScaledRows rows{fold.kernel, nullptr, fold.row, s.row(), fold.columns, {}, 0};
  for (std::int64_t w = 0; w < windows; ++w) {
    const std::int32_t* begins = lists.begins + w * (positions + 1);
    float* window = fold.source_gradient + lists.places[w];
    for (std::int64_t p = 0; p < positions; ++p) {
      rows.count = begins[p + 1] - begins[p];
      if (rows.count == 0) continue;
      rows.to = window + lists.patches[p];
      rows.entries = {lists.by_position.factors + begins[p], lists.by_position.offsets + begins[p]};
      AddTile<Rows, Vectors, true>(rows);
    }
  }
}

using FoldFunction = void (*)(const ConvPool&, const Lists&, const Fold&);
template <int Rows, int... Vectors>
FoldFunction FindFold(std::int64_t vectors, std::integer_sequence<int, Vectors...>) {
  static constexpr FoldFunction table[] = {FoldTile<Rows, Vectors + 1>...};
  return table[vectors - 1];
}
FoldFunction FindFold(std::int64_t rows, std::int64_t vectors) {
  switch (rows) {
    case 1:
      return FindFold<1>(vectors, std::make_integer_sequence<int, most_sums>());
    case 2:
      return FindFold<2>(vectors, std::make_integer_sequence<int, most_sums / 2>());
    default:
      return FindFold<3>(vectors, std::make_integer_sequence<int, most_sums / 3>());
  }
}

void AddSourceGradient(const ConvPool& s, const ConvPoolBackward& a, const Lists& lists) {
  const FoldTiles tiles(s);
  const float* kernel = a.kernel;
  for (std::int64_t ky = 0; ky < s.kernel_height; ky += tiles.rows) {
    for (std::int64_t t = 0; t < tiles.count; ++t, kernel += s.filters * tiles.part()) {
      const std::int64_t begin = tiles.begin(t) * lanes, end = tiles.end(t) * lanes;
      FindFold(std::min(tiles.rows, s.kernel_height - ky), tiles.end(t) - tiles.begin(t))(
          s, lists,
          {kernel, tiles.width * lanes, a.source_gradient + ky * s.row() + begin,
           std::min(s.run(), end) - begin});
    }
  }
}

std::int64_t FoldSize(const ConvPool& s) {
  const FoldTiles tiles(s);
  const std::int64_t groups = (s.kernel_height + tiles.rows - 1) / tiles.rows;
  return groups * tiles.count * s.filters * tiles.part();
}

// From [filters][channels][height][width].
void FoldPack(const ConvPool& s, const float* plain, float* packed) {
  const FoldTiles tiles(s);
  std::fill_n(packed, FoldSize(s), 0.0F);
  const std::int64_t taps = s.kernel_height * s.kernel_width;
  for (std::int64_t ky = 0; ky < s.kernel_height; ++ky) {
    for (std::int64_t f = 0; f < s.filters; ++f) {
      const float* from = plain + f * s.channels * taps + ky * s.kernel_width;
      std::int64_t kx = 0, c = 0;
      for (std::int64_t t = 0; t < tiles.count; ++t) {
        const std::int64_t tile = ky / tiles.rows * tiles.count + t;
        const std::int64_t row = ky % tiles.rows * tiles.width * lanes;
        float* to = packed + (tile * s.filters + f) * tiles.part() + row;
        const std::int64_t end = std::min(s.run(), tiles.end(t) * lanes);
        for (std::int64_t i = tiles.begin(t) * lanes; i < end; ++i) {
          *to++ = from[c * taps + kx];
          if (++c == s.channels) {
            c = 0;
            ++kx;
          }
        }
      }
    }
  }
}

void Backward(const ConvPool& s, const ConvPoolBackward& a) {
  Lists lists(s, a.scratch);
  List(s, a, FoldTiles(s).part(), lists);
  AddKernelGradient(s, a, lists);
  if (a.source_gradient != nullptr) AddSourceGradient(s, a, lists);
}

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::engine::kernels {

HWY_EXPORT(Backward);
HWY_EXPORT(FoldSize);
HWY_EXPORT(FoldPack);

std::int64_t fold_packed_size(const ConvPool& s) {
  return HWY_DYNAMIC_DISPATCH(FoldSize)(s);
}
void fold_pack(const ConvPool& shape, const float* plain, float* packed) {
  HWY_DYNAMIC_DISPATCH(FoldPack)(shape, plain, packed);
}

void conv_pool_backward(const ConvPool& shape, const ConvPoolBackward& arguments) {
  HWY_DYNAMIC_DISPATCH(Backward)(shape, arguments);
}

}  // namespace ridgeline::engine::kernels
#endif  // HWY_ONCE
