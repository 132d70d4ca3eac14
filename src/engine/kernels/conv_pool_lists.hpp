// Lists of the sparse gradient of a max-pool, by filter and by position. Included like vectors.hpp,
// once per instruction set.
#if defined(RIDGELINE_ENGINE_KERNELS_CONV_POOL_LISTS_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef RIDGELINE_ENGINE_KERNELS_CONV_POOL_LISTS_HPP
#undef RIDGELINE_ENGINE_KERNELS_CONV_POOL_LISTS_HPP
#else
#define RIDGELINE_ENGINE_KERNELS_CONV_POOL_LISTS_HPP
#endif

#include <algorithm>

#include "engine/kernels/conv_pool.hpp"
#include "engine/kernels/vectors.hpp"

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

// Entries of the sparse gradient: a factor and the offset of the row that it scales.
struct Entries {
  float* factors;
  std::int32_t* offsets;
};

// Windows that are listed together: one vector for each filter.
constexpr std::int64_t group = std::max<std::int64_t>(lanes, 4);
static_assert(group <= ConvPool::most_grouped);

// The scratch memory of a call.
struct Lists {
  Entries by_filter;  // [padded filters][by_filter_stride]
  std::int64_t by_filter_stride;
  std::int32_t* filled;   // of each filter's list
  Entries by_position;    // all windows' lists in sequence: [windows][padded filters]
  std::int32_t* begins;   // of each window's positions: [windows][positions + 1]
  std::int32_t* places;   // offset of a window's first patch in the source: [windows]
  std::int32_t* patches;  // offsets of the patches of a window's positions: [positions]
  float* masked;          // a group's gradient after the ReLU's mask: [group][padded filters]
  Entries by_group;       // a block of filters, by filter: [lanes][group]

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
    by_filter_stride = s.listed_windows();
    const std::int64_t all = s.windows() * s.padded_filters() + ConvPool::block;
    by_filter.factors = floats(s.padded_filters() * by_filter_stride);
    by_filter.offsets = integers(s.padded_filters() * by_filter_stride);
    by_position.factors = floats(all);
    by_position.offsets = integers(all);
    by_group.factors = floats(lanes * group);
    by_group.offsets = integers(lanes * group);
    masked = floats(group * s.padded_filters());
    filled = integers(s.padded_filters());
    begins = integers(s.windows() * (s.positions() + 1));
    places = integers(s.windows());
    patches = integers(s.positions());
  }
};

// The offset in the source of the patch of the convolution at (y, x).
std::int32_t PatchAt(const ConvPool& s, std::int64_t y, std::int64_t x) {
  return static_cast<std::int32_t>(y * s.stride_height * s.row() + x * s.stride_width * s.channels);
}

// A window's gradient after the ReLU's mask. It is also added to the bias's.
void Mask(const ConvPool& s, const ConvPoolBackward& a, std::int64_t window, float* masked) {
  const Tag d;
  const Relu relu(s.relu ? s.slope : 1);
  const float* gradient = a.gradient + window * s.filters;
  const float* pooled = a.pooled + window * s.filters;
  for (std::int64_t f = 0; f < s.filters; f += lanes) {
    const PartialVector part(s.filters - f);
    Vec g = part.load(gradient + f);
    if (s.relu) g = relu.back(g, part.load(pooled + f));
    hn::StoreU(g, d, masked + f);
    if (a.bias_gradient == nullptr) continue;
    part.store(hn::Add(part.load(a.bias_gradient + f), g), a.bias_gradient + f);
  }
}

#if HWY_TARGET == HWY_SCALAR
void ListByFilter(const ConvPool& s, const std::uint8_t* chosen, std::int64_t first,
                  std::int64_t windows, Lists& lists) {
  for (std::int64_t w = 0; w < windows; ++w) {
    for (std::int64_t f = 0; f < s.filters; ++f) {
      const std::int64_t at = f * lists.by_filter_stride + lists.filled[f];
      const float factor = lists.masked[w * s.padded_filters() + f];
      lists.by_filter.factors[at] = factor;
      lists.by_filter.offsets[at] =
          lists.places[first + w] + lists.patches[chosen[w * s.padded_filters() + f]];
      lists.filled[f] += factor != 0;
    }
  }
}
#else
// A vector from [lanes / 4][lanes][4] numbers, four from each part.
template <typename D, typename T>
HWY_INLINE hn::Vec<D> Quads(D d, const T* from) {
  if constexpr (hn::MaxLanes(d) == 4) {
    return hn::Load(d, from);
  } else {
    const hn::Half<D> half;
    constexpr std::int64_t parts = hn::MaxLanes(half) / 4;
    return hn::Combine(d, Quads(half, from + parts * 4 * lanes), Quads(half, from));
  }
}

// Appends the entries that are not 0 of a group of windows to the filters' lists. NaN is not 0, but
// hn::Ne says so on some instruction sets.
void ListByFilter(const ConvPool& s, const std::uint8_t* chosen, std::int64_t first,
                  std::int64_t windows, Lists& lists) {
  const Tag d;
  const hn::Rebind<std::int32_t, Tag> di;
  const hn::Rebind<std::uint8_t, Tag> db;
  for (std::int64_t f = 0; f < s.filters; f += lanes) {
    for (std::int64_t part = 0; part < group; part += 4) {
      Vec factors[4];
      hn::Vec<decltype(di)> offsets[4];
      Unroll<4>([&](auto i) RIDGELINE_INLINE_LAMBDA {
        const std::int64_t w = part + i;
        factors[i] = hn::Zero(d);
        offsets[i] = hn::Zero(di);
        if (w >= windows) return;
        factors[i] = hn::LoadU(d, lists.masked + w * s.padded_filters() + f);
        const auto where = hn::PromoteTo(di, hn::LoadU(db, chosen + w * s.padded_filters() + f));
        for (std::int64_t p = 1; p < s.positions(); ++p) {
          const auto here = hn::Eq(where, hn::Set(di, static_cast<std::int32_t>(p)));
          offsets[i] = hn::IfThenElse(here, hn::Set(di, lists.patches[p]), offsets[i]);
        }
        offsets[i] = hn::Add(offsets[i], hn::Set(di, lists.places[first + w]));
      });
      hn::StoreInterleaved4(factors[0], factors[1], factors[2], factors[3], d,
                            lists.by_group.factors + part * lanes);
      hn::StoreInterleaved4(offsets[0], offsets[1], offsets[2], offsets[3], di,
                            lists.by_group.offsets + part * lanes);
    }
    for (std::int64_t i = 0; i < lanes; ++i) {
      const auto factor = Quads(d, lists.by_group.factors + i * 4);
      const auto offset = Quads(di, lists.by_group.offsets + i * 4);
      const auto some = hn::Not(hn::Eq(factor, hn::Zero(d)));
      const std::int64_t at = (f + i) * lists.by_filter_stride + lists.filled[f + i];
      hn::StoreU(hn::Compress(factor, some), d, lists.by_filter.factors + at);
      hn::StoreU(hn::Compress(offset, hn::RebindMask(di, some)), di, lists.by_filter.offsets + at);
      lists.filled[f + i] += static_cast<std::int32_t>(hn::CountTrue(d, some));
    }
  }
}
#endif

// The same for the positions' lists. The offsets of neighbouring filters are `part` apart.
void ListByPosition(const ConvPool& s, const std::uint8_t* chosen, const float* masked,
                    std::int64_t window, std::int32_t part, Lists& lists) {
  const Tag d;
  const hn::Rebind<std::int32_t, Tag> di;
  const hn::Rebind<std::uint8_t, Tag> db;
  std::int32_t* begins = lists.begins + window * (s.positions() + 1);
  std::int64_t at = window * s.padded_filters();
  for (std::int64_t p = 0; p < s.positions(); ++p) {
    begins[p] = static_cast<std::int32_t>(at);
    for (std::int64_t f = 0; f < s.filters; f += lanes) {
      const Vec g = hn::LoadU(d, masked + f);
      const auto where = hn::PromoteTo(di, hn::LoadU(db, chosen + f));
      const auto here = hn::RebindMask(d, hn::Eq(where, hn::Set(di, static_cast<std::int32_t>(p))));
      const auto mask = hn::AndNot(hn::Eq(g, hn::Zero(d)), here);
      const auto rows = hn::Mul(hn::Add(hn::Iota(di, 0), hn::Set(di, static_cast<std::int32_t>(f))),
                                hn::Set(di, part));
      hn::StoreU(hn::Compress(g, mask), d, lists.by_position.factors + at);
      hn::StoreU(hn::Compress(rows, hn::RebindMask(di, mask)), di, lists.by_position.offsets + at);
      at += static_cast<std::int64_t>(hn::CountTrue(d, mask));
    }
  }
  begins[s.positions()] = static_cast<std::int32_t>(at);
}

/// Lists the gradient by filter and, if the gradient of the source is needed, by position, for rows
/// of a folded kernel that are `part` apart.
void List(const ConvPool& s, const ConvPoolBackward& a, std::int64_t part, Lists& lists) {
  std::fill_n(lists.filled, s.padded_filters(), 0);
  std::fill_n(lists.masked, group * s.padded_filters(), 0.0F);
  for (std::int64_t p = 0; p < s.positions(); ++p) {
    lists.patches[p] = PatchAt(s, p / s.window_width, p % s.window_width);
  }
  for (std::int64_t w = 0; w < s.windows(); ++w) {
    lists.places[w] =
        PatchAt(s, w / s.pooled_width * s.step_height, w % s.pooled_width * s.step_width);
  }
  for (std::int64_t first = 0; first < s.windows(); first += group) {
    const std::int64_t windows = std::min(group, s.windows() - first);
    const std::uint8_t* chosen = a.chosen + first * s.padded_filters();
    for (std::int64_t w = 0; w < windows; ++w) {
      const std::int64_t filters = w * s.padded_filters();
      Mask(s, a, first + w, lists.masked + filters);
      if (a.source_gradient == nullptr) continue;
      ListByPosition(s, chosen + filters, lists.masked + filters, first + w,
                     static_cast<std::int32_t>(part), lists);
    }
    ListByFilter(s, chosen, first, windows, lists);
  }
}

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
