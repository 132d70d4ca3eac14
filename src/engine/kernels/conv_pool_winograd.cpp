// Winograd's minimal filtering F(2x2, 3x3) (Lavin and Gray, "Fast Algorithms for Convolutional
// Neural Networks", CVPR 2016): 16 products give the four outputs of a 2x2 tile that take 36
// otherwise. The tile is the pool's window, so the outputs never leave the registers.

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/kernels/conv_pool.hpp"

#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/conv_pool_winograd.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/kernels/pooling.hpp"
#include "engine/kernels/vectors.hpp"

#ifndef RIDGELINE_ENGINE_KERNELS_WINOGRAD_SIZES
#define RIDGELINE_ENGINE_KERNELS_WINOGRAD_SIZES
namespace ridgeline::engine::kernels {
namespace {

constexpr std::int64_t taps = 16;           // products of a tile
constexpr std::int64_t tiles_at_once = 12;  // so that their products stay in the cache

constexpr std::int64_t padded_channels(const ConvPool& s) {
  return (s.channels + ConvPool::block - 1) / ConvPool::block * ConvPool::block;
}

}  // namespace
}  // namespace ridgeline::engine::kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

// Four vectors of a row or column.
struct Four {
  Vec at[4];
};

// The products' sums to two outputs, twice: A^T m.
HWY_INLINE void Gather(const Four& m, Vec& first, Vec& second) {
  first = hn::Add(hn::Add(m.at[0], m.at[1]), m.at[2]);
  second = hn::Sub(hn::Sub(m.at[1], m.at[2]), m.at[3]);
}

// B^T d.
HWY_INLINE Four Spread(const Four& d) {
  return {hn::Sub(d.at[0], d.at[2]), hn::Add(d.at[1], d.at[2]), hn::Sub(d.at[2], d.at[1]),
          hn::Sub(d.at[1], d.at[3])};
}

// G g.
HWY_INLINE Four Weigh(Vec a, Vec b, Vec c) {
  const Vec half = hn::Set(Tag(), 0.5F), sum = hn::Add(a, c);
  return {a, hn::Mul(half, hn::Add(sum, b)), hn::Mul(half, hn::Sub(sum, b)), c};
}

// `blocks` holds [padded filters / 16][9][channels][16]; `packed` becomes
// [16][channels][padded filters].
void Pack(const ConvPool& s, const float* blocks, float* packed) {
  const Tag d;
  const std::int64_t padded = s.padded_filters(), tap = s.channels * padded;
  for (std::int64_t f = 0; f < padded; f += lanes) {
    const float* block =
        blocks + f / ConvPool::block * ConvPool::block * s.kernel_size() + f % ConvPool::block;
    for (std::int64_t c = 0; c < s.channels; ++c) {
      Four columns[3];
      Unroll<3>([&](auto x) RIDGELINE_INLINE_LAMBDA {
        const auto at = [&](std::int64_t y) RIDGELINE_INLINE_LAMBDA {
          return hn::LoadU(d, block + ((y * 3 + x) * s.channels + c) * ConvPool::block);
        };
        columns[x] = Weigh(at(0), at(1), at(2));
      });
      Unroll<4>([&](auto y) RIDGELINE_INLINE_LAMBDA {
        const Four row = Weigh(columns[0].at[y], columns[1].at[y], columns[2].at[y]);
        Unroll<4>([&](auto x) RIDGELINE_INLINE_LAMBDA {
          hn::StoreU(row.at[x], d, packed + (y * 4 + x) * tap + c * padded + f);
        });
      });
    }
  }
}

// The source's tiles as [16][tiles][padded channels].
void SpreadTiles(const ConvPool& s, const float* source, std::int64_t first, std::int64_t tiles,
                 float* spread) {
  const Tag d;
  const std::int64_t padded = padded_channels(s);
  for (std::int64_t t = 0; t < tiles; ++t) {
    const std::int64_t window = first + t;
    const float* corner =
        source + window / s.pooled_width * 2 * s.row() + window % s.pooled_width * 2 * s.channels;
    for (std::int64_t c = 0; c < s.channels; c += lanes) {
      const Part part(s.channels - c);
      Four rows[4];
      Unroll<4>([&](auto y) RIDGELINE_INLINE_LAMBDA {
        Four row;
        Unroll<4>([&](auto x) RIDGELINE_INLINE_LAMBDA {
          row.at[x] = part.load(corner + y * s.row() + x * s.channels + c);
        });
        rows[y] = Spread(row);
      });
      Unroll<4>([&](auto x) RIDGELINE_INLINE_LAMBDA {
        const Four column = Spread({rows[0].at[x], rows[1].at[x], rows[2].at[x], rows[3].at[x]});
        Unroll<4>([&](auto y) RIDGELINE_INLINE_LAMBDA {
          hn::StoreU(column.at[y], d, spread + ((y * 4 + x) * tiles + t) * padded + c);
        });
      });
    }
  }
}

// A block of one tap's products, tiles x filters.
struct Product {
  const float* spread;  // [tiles][padded channels]
  const float* kernel;  // [channels][padded filters]
  float* to;            // [tiles][padded filters]
  std::int64_t channels, padded_channels, padded_filters;
};

constexpr int product_vectors = registers == 32 ? 4 : 2;
constexpr int product_tiles = 6;

template <int Tiles, int Vectors>
void Multiply(const Product& p) {
  const Tag d;
  Vec sum[Tiles * Vectors];
  Unroll<Tiles * Vectors>([&](auto i) RIDGELINE_INLINE_LAMBDA { sum[i] = hn::Zero(d); });
  const float* kernel = p.kernel;
  const float* spread = p.spread;
  for (std::int64_t c = 0; c < p.channels; ++c, kernel += p.padded_filters, ++spread) {
    Vec w[Vectors];
    Unroll<Vectors>([&](auto v)
                        RIDGELINE_INLINE_LAMBDA { w[v] = hn::LoadU(d, kernel + v * lanes); });
    Unroll<Tiles>([&](auto t) RIDGELINE_INLINE_LAMBDA {
      const Vec x = hn::Set(d, spread[t * p.padded_channels]);
      Unroll<Vectors>([&](auto v) RIDGELINE_INLINE_LAMBDA {
        sum[t * Vectors + v] = hn::MulAdd(x, w[v], sum[t * Vectors + v]);
      });
    });
  }
  Unroll<Tiles * Vectors>([&](auto i) RIDGELINE_INLINE_LAMBDA {
    hn::StoreU(sum[i], d, p.to + i / Vectors * p.padded_filters + i % Vectors * lanes);
  });
}

using MultiplyFunction = void (*)(const Product&);
template <int Vectors, int... Tiles>
MultiplyFunction FindMultiply(std::int64_t tiles, std::integer_sequence<int, Tiles...>) {
  static constexpr MultiplyFunction table[] = {Multiply<Tiles + 1, Vectors>...};
  return table[tiles - 1];
}
MultiplyFunction FindMultiply(std::int64_t tiles, std::int64_t vectors) {
  constexpr auto counts = std::make_integer_sequence<int, product_tiles>();
  if (vectors >= product_vectors) return FindMultiply<product_vectors>(tiles, counts);
  if (vectors >= 2) return FindMultiply<2>(tiles, counts);
  return FindMultiply<1>(tiles, counts);
}

// [16][tiles][padded filters] = [16][tiles][channels] x [16][channels][padded filters]
void MultiplyTiles(const ConvPool& s, const float* spread, const float* kernel, std::int64_t tiles,
                   float* products) {
  const std::int64_t padded = s.padded_filters(), channels = padded_channels(s);
  const std::int64_t vectors = padded / lanes;
  const std::int64_t parts = (tiles + product_tiles - 1) / product_tiles;
  for (std::int64_t tap = 0; tap < taps; ++tap) {
    for (std::int64_t v = 0; v < vectors;) {
      const std::int64_t left = vectors - v;
      const std::int64_t take = left >= product_vectors ? product_vectors : left >= 2 ? 2 : 1;
      for (std::int64_t part = 0; part < parts; ++part) {
        const std::int64_t t = part * tiles / parts, end = (part + 1) * tiles / parts;
        FindMultiply(end - t, take)(
            {spread + (tap * tiles + t) * channels, kernel + tap * s.channels * padded + v * lanes,
             products + (tap * tiles + t) * padded + v * lanes, s.channels, channels, padded});
      }
      v += take;
    }
  }
}

void PoolTiles(const ConvPool& s, const ConvPoolForward& a, const float* products,
               std::int64_t first, std::int64_t tiles) {
  const Tag d;
  const std::int64_t padded = s.padded_filters(), tap = tiles * padded;
  for (std::int64_t f = 0; f < s.filters; f += lanes) {
    const WindowWriter writer(s, a, f);
    for (std::int64_t t = 0; t < tiles; ++t) {
      const float* from = products + t * padded + f;
      Four upper, lower;
      Unroll<4>([&](auto x) RIDGELINE_INLINE_LAMBDA {
        Four column;
        Unroll<4>([&](auto y) RIDGELINE_INLINE_LAMBDA {
          column.at[y] = hn::LoadU(d, from + (y * 4 + x) * tap);
        });
        Gather(column, upper.at[x], lower.at[x]);
      });
      Vec outputs[4];
      Gather(upper, outputs[0], outputs[1]);
      Gather(lower, outputs[2], outputs[3]);
      Best best(outputs[0]);
      Unroll<3>([&](auto p) RIDGELINE_INLINE_LAMBDA {
        best.consider(outputs[p + 1], static_cast<float>(p + 1));
      });
      writer.write(best, first + t);
    }
  }
}

void WinogradForward(const ConvPool& s, const ConvPoolForward& a) {
  auto* spread = static_cast<float*>(a.scratch);
  float* products = spread + taps * tiles_at_once * padded_channels(s);
  for (std::int64_t first = 0; first < s.windows(); first += tiles_at_once) {
    const std::int64_t tiles = std::min(tiles_at_once, s.windows() - first);
    SpreadTiles(s, a.source, first, tiles, spread);
    MultiplyTiles(s, spread, a.kernel, tiles, products);
    PoolTiles(s, a, products, first, tiles);
  }
}

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::engine::kernels {

HWY_EXPORT(Pack);
HWY_EXPORT(WinogradForward);

bool winograd_fits(const ConvPool& s) {
  return s.kernel_height == 3 && s.kernel_width == 3 && s.stride_height == 1 &&
         s.stride_width == 1 && s.window_height == 2 && s.window_width == 2 && s.step_height == 2 &&
         s.step_width == 2;
}

std::int64_t winograd_packed_size(const ConvPool& s) {
  return taps * s.channels * s.padded_filters();
}

std::size_t winograd_scratch(const ConvPool& s) {
  return static_cast<std::size_t>(taps * tiles_at_once *
                                  (padded_channels(s) + s.padded_filters())) *
         sizeof(float);
}

void winograd_pack(const ConvPool& s, const float* plain, float* packed) {
  std::vector<float> blocks(static_cast<std::size_t>(s.packed_size()));
  conv_pool_pack(s, plain, blocks.data());
  HWY_DYNAMIC_DISPATCH(Pack)(s, blocks.data(), packed);
}

void winograd_forward(const ConvPool& shape, const ConvPoolForward& arguments) {
  HWY_DYNAMIC_DISPATCH(WinogradForward)(shape, arguments);
}

}  // namespace ridgeline::engine::kernels
#endif  // HWY_ONCE
