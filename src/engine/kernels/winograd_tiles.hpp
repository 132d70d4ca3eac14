// Winograd's minimal filtering F(2x2, 3x3) (Lavin and Gray, "Fast Algorithms for Convolutional
// Neural Networks", CVPR 2016): 16 products, instead of 36, give the four outputs of a 2x2 tile.
// This file has the transforms, each of a row or column of vectors, and the products between them:
//   outputs  Y  = A^T [ sum over channels (G g G^T) * (B^T d B) ] A
//   kernel   dg = G^T [ sum over tiles (A dY A^T) * (B^T d B) ] G
// Included like vectors.hpp, once per instruction set.
#if defined(RIDGELINE_ENGINE_KERNELS_WINOGRAD_TILES_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef RIDGELINE_ENGINE_KERNELS_WINOGRAD_TILES_HPP
#undef RIDGELINE_ENGINE_KERNELS_WINOGRAD_TILES_HPP
#else
#define RIDGELINE_ENGINE_KERNELS_WINOGRAD_TILES_HPP
#endif

#include <utility>

#include "engine/kernels/vectors.hpp"
#include "engine/kernels/winograd_sizes.hpp"

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

/// Four vectors of a row or column.
struct Four {
  Vec at[4];
};

/// A^T m: the products' sums to two outputs.
HWY_INLINE void Gather(const Four& m, Vec& first, Vec& second) {
  first = hn::Add(hn::Add(m.at[0], m.at[1]), m.at[2]);
  second = hn::Sub(hn::Sub(m.at[1], m.at[2]), m.at[3]);
}

/// A y.
HWY_INLINE Four Scatter(Vec first, Vec second) {
  return {first, hn::Add(first, second), hn::Sub(first, second), hn::Neg(second)};
}

/// B^T d.
HWY_INLINE Four Spread(const Four& d) {
  return {hn::Sub(d.at[0], d.at[2]), hn::Add(d.at[1], d.at[2]), hn::Sub(d.at[2], d.at[1]),
          hn::Sub(d.at[1], d.at[3])};
}

/// G g.
HWY_INLINE Four Weigh(Vec a, Vec b, Vec c) {
  const Vec half = hn::Set(Tag(), 0.5F), sum = hn::Add(a, c);
  return {a, hn::Mul(half, hn::Add(sum, b)), hn::Mul(half, hn::Sub(sum, b)), c};
}

struct Three {
  Vec at[3];
};

/// G^T m.
HWY_INLINE Three Unweigh(const Four& m) {
  const Vec half = hn::Set(Tag(), 0.5F), sum = hn::Mul(half, hn::Add(m.at[1], m.at[2]));
  return {hn::Add(m.at[0], sum), hn::Mul(half, hn::Sub(m.at[1], m.at[2])), hn::Add(sum, m.at[3])};
}

/// B^T d B of `tiles` tiles side by side in a row, each two columns on from the one before and so
/// sharing two with it: column(x) gives the four vectors of one of their 2 tiles + 2 columns. Tile
/// t's 16 results go to `to` + t block, tap_step apart.
template <typename Column>
HWY_INLINE void SpreadTiles(std::int64_t tiles, Column column, float* to) {
  Four first = Spread(column(0)), second = Spread(column(1));
  for (std::int64_t t = 0; t < tiles; ++t, to += block) {
    const Four third = Spread(column(2 * t + 2)), fourth = Spread(column(2 * t + 3));
    Unroll<4>([&](auto y) RIDGELINE_INLINE_LAMBDA {
      const Four row = Spread({first.at[y], second.at[y], third.at[y], fourth.at[y]});
      Unroll<4>([&](auto x) RIDGELINE_INLINE_LAMBDA {
        hn::StoreU(row.at[x], Tag(), to + (y * 4 + x) * tap_step);
      });
    });
    first = third;
    second = fourth;
  }
}

/// The four outputs of a tile, row by row, from load(tap).
template <typename Load>
HWY_INLINE Four GatherTile(Load load) {
  Four upper, lower, outputs;
  Unroll<4>([&](auto x) RIDGELINE_INLINE_LAMBDA {
    Gather({load(x), load(4 + x), load(8 + x), load(12 + x)}, upper.at[x], lower.at[x]);
  });
  Gather(upper, outputs.at[0], outputs.at[1]);
  Gather(lower, outputs.at[2], outputs.at[3]);
  return outputs;
}

/// store(tap, vector) takes the 16 of a 3x3 kernel that load(y, x) gives.
template <typename Load, typename Store>
HWY_INLINE void WeighKernel(Load load, Store store) {
  Four columns[3];
  Unroll<3>([&](auto x) RIDGELINE_INLINE_LAMBDA {
    columns[x] = Weigh(load(0, x), load(1, x), load(2, x));
  });
  Unroll<4>([&](auto y) RIDGELINE_INLINE_LAMBDA {
    const Four row = Weigh(columns[0].at[y], columns[1].at[y], columns[2].at[y]);
    Unroll<4>([&](auto x) RIDGELINE_INLINE_LAMBDA { store(y * 4 + x, row.at[x]); });
  });
}

constexpr int most_vectors = registers == 32 ? 4 : 2;
/// Rows whose sums fit into registers together with as many vectors.
constexpr int rows_at_once(int vectors) {
  return registers == 32 ? 24 / vectors > 16 ? 16 : 24 / vectors : 12 / vectors;
}
/// Where the i-th of neighbouring vectors of channels is in the matrices.
constexpr std::int64_t vector_at(std::int64_t i) {
  return i * lanes / block * block_step + i * lanes % block;
}

/// sums[tile][filter] = sum over channels of x[tile][channel] * w[channel][filter], w's rows
/// `w_step` apart.
template <int Tiles, int Vectors>
void MultiplyTiles(const float* x, const float* w, float* sums, std::int64_t channels,
                   std::int64_t w_step) {
  const Tag d;
  Vec sum[Tiles * Vectors];
  Unroll<Tiles * Vectors>([&](auto i) RIDGELINE_INLINE_LAMBDA { sum[i] = hn::Zero(d); });
  for (; channels > 0; channels -= block, x += block_step) {
    const std::int64_t here = std::min(channels, block);
    for (std::int64_t c = 0; c < here; ++c, w += w_step) {
      Vec ws[Vectors];
      Unroll<Vectors>([&](auto v) RIDGELINE_INLINE_LAMBDA { ws[v] = hn::LoadU(d, w + v * lanes); });
      Unroll<Tiles>([&](auto t) RIDGELINE_INLINE_LAMBDA {
        const Vec one = hn::Set(d, x[t * block + c]);
        Unroll<Vectors>([&](auto v) RIDGELINE_INLINE_LAMBDA {
          sum[t * Vectors + v] = hn::MulAdd(one, ws[v], sum[t * Vectors + v]);
        });
      });
    }
  }
  Unroll<Tiles * Vectors>([&](auto i) RIDGELINE_INLINE_LAMBDA {
    hn::StoreU(sum[i], d, sums + i / Vectors * block + vector_at(i % Vectors));
  });
}

/// sums[channel][filter] += sum over tiles of x[tile][channel] * y[tile][filter], sums' rows
/// `sums_step` apart.
template <int Channels, int Vectors>
void AddTiles(const float* x, const float* y, float* sums, std::int64_t tiles,
              std::int64_t sums_step) {
  const Tag d;
  Vec sum[Channels * Vectors];
  Unroll<Channels * Vectors>([&](auto i) RIDGELINE_INLINE_LAMBDA {
    sum[i] = hn::LoadU(d, sums + i / Vectors * sums_step + i % Vectors * lanes);
  });
  for (std::int64_t t = 0; t < tiles; ++t, x += block, y += block) {
    Vec ys[Vectors];
    Unroll<Vectors>([&](auto v)
                        RIDGELINE_INLINE_LAMBDA { ys[v] = hn::LoadU(d, y + vector_at(v)); });
    Unroll<Channels>([&](auto c) RIDGELINE_INLINE_LAMBDA {
      const Vec one = hn::Set(d, x[c]);
      Unroll<Vectors>([&](auto v) RIDGELINE_INLINE_LAMBDA {
        sum[c * Vectors + v] = hn::MulAdd(one, ys[v], sum[c * Vectors + v]);
      });
    });
  }
  Unroll<Channels * Vectors>([&](auto i) RIDGELINE_INLINE_LAMBDA {
    hn::StoreU(sum[i], d, sums + i / Vectors * sums_step + i % Vectors * lanes);
  });
}

using ProductFunction = void (*)(const float* x, const float* w, float* sums, std::int64_t depth,
                                 std::int64_t step);

// The functions of as many vectors, by the number of rows.
template <int Vectors, int... Rows>
ProductFunction FindProduct(bool add, std::int64_t rows, std::integer_sequence<int, Rows...>) {
  static constexpr ProductFunction tiles[] = {MultiplyTiles<Rows + 1, Vectors>...};
  static constexpr ProductFunction sums[] = {AddTiles<Rows + 1, Vectors>...};
  return (add ? sums : tiles)[rows - 1];
}
template <int... Vectors>
ProductFunction FindProduct(bool add, std::int64_t rows, std::int64_t vectors,
                            std::integer_sequence<int, Vectors...>) {
  ProductFunction found = nullptr;
  ((vectors == Vectors + 1
        ? void(found = FindProduct<Vectors + 1>(
                   add, rows, std::make_integer_sequence<int, rows_at_once(Vectors + 1)>()))
        : void()),
   ...);
  return found;
}

/// Splits `rows` into parts that fit together with the vectors. Calls use(function, first row).
template <typename Use>
HWY_INLINE void ForRows(bool add, std::int64_t rows, std::int64_t vectors, Use use) {
  const std::int64_t most = rows_at_once(static_cast<int>(vectors));
  const std::int64_t parts = (rows + most - 1) / most;
  for (std::int64_t part = 0; part < parts; ++part) {
    const std::int64_t row = part * rows / parts, end = (part + 1) * rows / parts;
    use(FindProduct(add, end - row, vectors, std::make_integer_sequence<int, most_vectors>()), row);
  }
}

/// All taps of MultiplyTiles; w is [16][channels][padded filters].
inline void MultiplyTaps(const float* x, const float* w, float* sums, std::int64_t tiles,
                         std::int64_t channels, std::int64_t filters) {
  const std::int64_t columns = padded(filters), vectors = columns / lanes;
  for (std::int64_t tap = 0; tap < taps; ++tap) {
    for (std::int64_t v = 0; v < vectors; v += most_vectors) {
      ForRows(false, tiles, std::min<std::int64_t>(most_vectors, vectors - v),
              [&](ProductFunction product, std::int64_t t) {
                product(x + tap * tap_step + t * block, w + tap * channels * columns + v * lanes,
                        sums + tap * tap_step + t * block + vector_at(v), channels, columns);
              });
    }
  }
}

/// All taps of AddTiles; sums are [16][channels][padded filters].
inline void AddTaps(const float* x, const float* y, float* sums, std::int64_t tiles,
                    std::int64_t channels, std::int64_t filters) {
  const std::int64_t columns = padded(filters), vectors = columns / lanes;
  for (std::int64_t tap = 0; tap < taps; ++tap) {
    for (std::int64_t v = 0; v < vectors; v += most_vectors) {
      for (std::int64_t first = 0; first < channels; first += block) {
        ForRows(true, std::min(block, channels - first),
                std::min<std::int64_t>(most_vectors, vectors - v),
                [&](ProductFunction product, std::int64_t c) {
                  product(x + tap * tap_step + first / block * block_step + c,
                          y + tap * tap_step + vector_at(v),
                          sums + (tap * channels + first + c) * columns + v * lanes, tiles,
                          columns);
                });
      }
    }
  }
}

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
