// The gradient behind a max-pool is a sparse matrix, positions x filters. The kernel's gradient is
// its transpose times the source's patches, the source's gradient the fold of it times the kernel:
// both add up scaled rows, listed once by filter and once by position.

#include <algorithm>
#include <utility>

#include "engine/kernels/conv_pool.hpp"

#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/conv_pool_backward.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/kernels/vectors.hpp"

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

// Entries of the sparse gradient: a factor and where the row that it scales begins.
struct Entries {
  float* factors;
  std::int32_t* offsets;
};

// to[r][0, columns) += sum over entries of factor * from[r][offset + 0, columns)
struct ScaledRows {
  const float* from;
  float* to;
  std::int64_t from_stride, to_stride;  // between rows r
  std::int64_t columns;                 // the last vector may be partial
  Entries entries;
  std::int64_t count;
};

template <int Rows, int Vectors>
void AddTile(const ScaledRows& a) {
  const Tag d;
  const std::int64_t last = a.columns - (Vectors - 1) * lanes;
  const auto load = [&](const float* row, int v) HWY_ATTR {
    return v + 1 == Vectors ? Row::load(row + v * lanes, last) : hn::LoadU(d, row + v * lanes);
  };
  // Few sums alone would wait for each other: entries then take turns between two sets of them.
  constexpr int sets = Rows * Vectors < 6 ? 2 : 1;
  Vec sum[sets][Rows][Vectors];
  for (int r = 0; r < Rows; ++r) {
    for (int v = 0; v < Vectors; ++v) {
      sum[0][r][v] = load(a.to + r * a.to_stride, v);
      sum[sets - 1][r][v] = sets == 1 ? sum[0][r][v] : hn::Zero(d);
    }
  }
  const auto add = [&](std::int64_t e, int set) HWY_ATTR {
    const Vec factor = hn::Set(d, a.entries.factors[e]);
    const float* from = a.from + a.entries.offsets[e];
    for (int r = 0; r < Rows; ++r) {
      for (int v = 0; v < Vectors; ++v) {
        sum[set][r][v] = hn::MulAdd(factor, load(from + r * a.from_stride, v), sum[set][r][v]);
      }
    }
  };
  std::int64_t e = 0;
  for (; e + sets <= a.count; e += sets) {
    for (int set = 0; set < sets; ++set) add(e + set, set);
  }
  if (e < a.count) add(e, 0);
  for (int r = 0; r < Rows; ++r) {
    for (int v = 0; v < Vectors; ++v) {
      const Vec total = sets == 1 ? sum[0][r][v] : hn::Add(sum[0][r][v], sum[sets - 1][r][v]);
      float* to = a.to + r * a.to_stride + v * lanes;
      if (v + 1 == Vectors) {
        Row::store(total, to, last);
      } else {
        hn::StoreU(total, d, to);
      }
    }
  }
}

constexpr int most_sums = registers == 32 ? 24 : 12;
constexpr int most_rows = 3;

using AddFunction = void (*)(const ScaledRows&);
template <int Rows, int... Vectors>
AddFunction FindAdd(std::int64_t vectors, std::integer_sequence<int, Vectors...>) {
  static constexpr AddFunction table[] = {AddTile<Rows, Vectors + 1>...};
  return table[vectors - 1];
}

// `rows` rows of any number of columns, at most `most` vectors of each at a time.
void AddRows(ScaledRows a, int rows, std::int64_t most) {
  const std::int64_t columns = a.columns, vectors = (columns + lanes - 1) / lanes;
  const std::int64_t tiles = (vectors + most - 1) / most;
  for (std::int64_t t = 0; t < tiles; ++t) {
    const std::int64_t first = t * vectors / tiles, end = (t + 1) * vectors / tiles;
    ScaledRows tile = a;
    tile.from += first * lanes;
    tile.to += first * lanes;
    tile.columns = std::min(columns, end * lanes) - first * lanes;
    switch (rows) {
      case 1:
        FindAdd<1>(end - first, std::make_integer_sequence<int, most_sums>())(tile);
        break;
      case 2:
        FindAdd<2>(end - first, std::make_integer_sequence<int, most_sums / 2>())(tile);
        break;
      default:
        FindAdd<3>(end - first, std::make_integer_sequence<int, most_sums / 3>())(tile);
    }
  }
}

// The scratch memory of a call.
struct Lists {
  Entries by_filter;      // [filters][windows]
  std::int32_t* filled;   // of each filter's list
  Entries by_position;    // windows' lists, one behind the other: [windows][padded filters]
  std::int32_t* begins;   // of each window's positions: [windows][positions + 1]
  float* masked;          // one window's gradient: [padded filters]
  std::int32_t* patches;  // where a window's positions have their patches: [positions]

  Lists(const ConvPool& s, void* scratch) {
    auto* at = static_cast<float*>(scratch);
    const auto floats = [&](std::int64_t count) {
      float* here = at;
      at += (count + 15) / 16 * 16;
      return here;
    };
    const auto integers = [&](std::int64_t count) {
      return reinterpret_cast<std::int32_t*>(floats(count));
    };
    const std::int64_t all = s.windows() * s.padded_filters();
    by_filter = {floats(all), integers(all)};
    by_position = {floats(all + ConvPool::block), integers(all + ConvPool::block)};
    masked = floats(s.padded_filters());
    filled = integers(s.padded_filters());
    begins = integers(s.windows() * (s.positions() + 1));
    patches = integers(s.positions());
  }
};

// Where in the source the convolution at (y, x) has its patch.
std::int32_t PatchAt(const ConvPool& s, std::int64_t y, std::int64_t x) {
  return static_cast<std::int32_t>(y * s.stride_height * s.row() + x * s.stride_width * s.channels);
}
std::int32_t WindowAt(const ConvPool& s, std::int64_t window) {
  return PatchAt(s, window / s.pooled_width * s.step_height,
                 window % s.pooled_width * s.step_width);
}

// A window's gradient behind the ReLU, added to the bias's.
void Mask(const ConvPool& s, const ConvPoolBackward& a, std::int64_t window, float* masked) {
  const Tag d;
  const float* gradient = a.gradient + window * s.filters;
  const float* pooled = a.pooled + window * s.filters;
  for (std::int64_t f = 0; f < s.filters; f += lanes) {
    const std::int64_t count = s.filters - f;
    Vec g = Row::load(gradient + f, count);
    if (s.relu) {
      const auto live = hn::Gt(Row::load(pooled + f, count), hn::Zero(d));
      g = hn::IfThenElse(live, g, hn::Mul(g, hn::Set(d, s.slope)));
    }
    hn::StoreU(g, d, masked + f);
    if (a.bias_gradient == nullptr) continue;
    Row::store(hn::Add(Row::load(a.bias_gradient + f, count), g), a.bias_gradient + f, count);
  }
}

void ListByFilter(const ConvPool& s, const std::uint8_t* chosen, std::int64_t window,
                  Lists& lists) {
  const std::int32_t base = WindowAt(s, window);
  for (std::int64_t f = 0; f < s.filters; ++f) {
    const std::int64_t at = f * s.windows() + lists.filled[f];
    lists.by_filter.factors[at] = lists.masked[f];
    lists.by_filter.offsets[at] = base + lists.patches[chosen[f]];
    lists.filled[f] += lists.masked[f] != 0;
  }
}

void ListByPosition(const ConvPool& s, const std::uint8_t* chosen, std::int64_t window,
                    Lists& lists) {
  const Tag d;
  const hn::Rebind<std::int32_t, Tag> di;
  const hn::Rebind<std::uint8_t, Tag> db;
  const auto kernel_size = static_cast<std::int32_t>(s.kernel_size());
  std::int32_t* begins = lists.begins + window * (s.positions() + 1);
  std::int64_t at = window * s.padded_filters();
  for (std::int64_t p = 0; p < s.positions(); ++p) {
    begins[p] = static_cast<std::int32_t>(at);
    for (std::int64_t f = 0; f < s.filters; f += lanes) {
      const Vec g = hn::LoadU(d, lists.masked + f);
      const auto where = hn::PromoteTo(di, hn::LoadU(db, chosen + f));
      const auto here = hn::RebindMask(d, hn::Eq(where, hn::Set(di, static_cast<std::int32_t>(p))));
      const auto mask = hn::And(here, hn::Ne(g, hn::Zero(d)));
      const auto rows = hn::Mul(hn::Add(hn::Iota(di, 0), hn::Set(di, static_cast<std::int32_t>(f))),
                                hn::Set(di, kernel_size));
      hn::StoreU(hn::Compress(g, mask), d, lists.by_position.factors + at);
      hn::StoreU(hn::Compress(rows, hn::RebindMask(di, mask)), di, lists.by_position.offsets + at);
      at += static_cast<std::int64_t>(hn::CountTrue(d, mask));
    }
  }
  begins[s.positions()] = static_cast<std::int32_t>(at);
}

void AddKernelGradient(const ConvPool& s, const ConvPoolBackward& a, const Lists& lists) {
  const std::int64_t vectors = (s.run() + lanes - 1) / lanes;
  const std::int64_t fit = std::clamp<std::int64_t>(most_sums / vectors, 1, most_rows);
  for (std::int64_t f = 0; f < s.filters; ++f) {
    const std::int64_t first = f * s.windows();
    for (std::int64_t ky = 0; ky < s.kernel_height; ky += fit) {
      const auto rows = static_cast<int>(std::min(fit, s.kernel_height - ky));
      AddRows({a.source + ky * s.row(),
               a.kernel_gradient + f * s.kernel_size() + ky * s.run(),
               s.row(),
               s.run(),
               s.run(),
               {lists.by_filter.factors + first, lists.by_filter.offsets + first},
               lists.filled[f]},
              rows, most_sums / rows);
    }
  }
}

void AddSourceGradient(const ConvPool& s, const ConvPoolBackward& a, const Lists& lists) {
  // So much of a kernel row at a time that all filters' parts stay in the first-level cache.
  constexpr std::int64_t cache_floats = 6144;
  const std::int64_t most =
      std::clamp<std::int64_t>(cache_floats / (s.filters * lanes), 4, most_sums);
  for (std::int64_t ky = 0; ky < s.kernel_height; ++ky) {
    for (std::int64_t w = 0; w < s.windows(); ++w) {
      const std::int32_t* begins = lists.begins + w * (s.positions() + 1);
      float* window = a.source_gradient + WindowAt(s, w) + ky * s.row();
      for (std::int64_t p = 0; p < s.positions(); ++p) {
        if (begins[p] == begins[p + 1]) continue;
        AddRows({a.kernel + ky * s.run(),
                 window + lists.patches[p],
                 0,
                 0,
                 s.run(),
                 {lists.by_position.factors + begins[p], lists.by_position.offsets + begins[p]},
                 begins[p + 1] - begins[p]},
                1, most);
      }
    }
  }
}

void Backward(const ConvPool& s, const ConvPoolBackward& a) {
  Lists lists(s, a.scratch);
  std::fill_n(lists.filled, s.padded_filters(), 0);
  std::fill_n(lists.masked, s.padded_filters(), 0.0F);
  for (std::int64_t p = 0; p < s.positions(); ++p) {
    lists.patches[p] = PatchAt(s, p / s.window_width, p % s.window_width);
  }
  for (std::int64_t w = 0; w < s.windows(); ++w) {
    const std::uint8_t* chosen = a.chosen + w * s.padded_filters();
    Mask(s, a, w, lists.masked);
    ListByFilter(s, chosen, w, lists);
    if (a.source_gradient != nullptr) ListByPosition(s, chosen, w, lists);
  }
  AddKernelGradient(s, a, lists);
  if (a.source_gradient != nullptr) AddSourceGradient(s, a, lists);
}

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::engine::kernels {

HWY_EXPORT(Backward);

void conv_pool_backward(const ConvPool& shape, const ConvPoolBackward& arguments) {
  HWY_DYNAMIC_DISPATCH(Backward)(shape, arguments);
}

}  // namespace ridgeline::engine::kernels
#endif  // HWY_ONCE
