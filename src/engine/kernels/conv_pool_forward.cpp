#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

#include "engine/kernels/conv_pool.hpp"

// Tiles are arrays of vectors. Scalable vectors cannot be in arrays.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/conv_pool_forward.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/kernels/pooling.hpp"
#include "engine/kernels/vectors.hpp"

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

// A tile of sums uses almost all registers: pixels x blocks x vectors of a block.
constexpr int block_vectors = static_cast<int>(ConvPool::block / lanes);
constexpr int most_blocks = lanes == 16 ? 2 : 1;
constexpr int most_pixels =
    std::max(1, (registers == 32 ? 24 : 12) / (block_vectors * most_blocks));

// One tile of a row of the convolution's output, without the bias.
struct TileArguments {
  const float* source;  // the first pixel's top left corner
  const float* kernel;  // of the first block
  float* to;            // the first pixel's first filter
};

template <int Pixels, int Blocks>
void Tile(const ConvPool& s, const TileArguments& a) {
  constexpr int vectors = Blocks * block_vectors;
  const Tag d;
  Vec sum[Pixels][vectors];
  for (int p = 0; p < Pixels; ++p) {
    for (int v = 0; v < vectors; ++v) sum[p][v] = hn::Zero(d);
  }
  const std::int64_t run = s.run(), pixel = s.stride_width * s.channels;
  const std::int64_t block_size = s.kernel_size() * ConvPool::block;
  const float* weights = a.kernel;
  for (std::int64_t ky = 0; ky < s.kernel_height; ++ky) {
    const float* source = a.source + ky * s.row();
    for (std::int64_t i = 0; i < run; ++i, ++source, weights += ConvPool::block) {
      Vec w[vectors];
      for (int v = 0; v < vectors; ++v) {
        w[v] = hn::LoadU(d, weights + v / block_vectors * block_size + v % block_vectors * lanes);
      }
      for (int p = 0; p < Pixels; ++p) {
        const Vec x = hn::Set(d, source[p * pixel]);
        for (int v = 0; v < vectors; ++v) sum[p][v] = hn::MulAdd(x, w[v], sum[p][v]);
      }
    }
  }
  for (int p = 0; p < Pixels; ++p) {
    for (int v = 0; v < vectors; ++v) {
      hn::StoreU(sum[p][v], d, a.to + p * s.padded_filters() + v * lanes);
    }
  }
}

using TileFunction = void (*)(const ConvPool&, const TileArguments&);
template <int Blocks, int... Pixels>
TileFunction FindTile(std::int64_t pixels, std::integer_sequence<int, Pixels...>) {
  static constexpr TileFunction table[] = {Tile<Pixels + 1, Blocks>...};
  return table[pixels - 1];
}

// A row of the convolution's output: its columns in tiles of nearly equal width.
void ConvolveRow(const ConvPool& s, const float* source, const float* kernel, float* to) {
  const std::int64_t tiles = (s.columns() + most_pixels - 1) / most_pixels;
  const std::int64_t blocks = s.padded_filters() / ConvPool::block;
  for (std::int64_t block = 0; block < blocks;) {
    const bool two = most_blocks == 2 && blocks - block >= 2;
    for (std::int64_t t = 0; t < tiles; ++t) {
      const std::int64_t x = t * s.columns() / tiles, end = (t + 1) * s.columns() / tiles;
      const auto counts = std::make_integer_sequence<int, most_pixels>();
      const TileFunction tile =
          two ? FindTile<most_blocks>(end - x, counts) : FindTile<1>(end - x, counts);
      tile(s, {source + x * s.stride_width * s.channels,
               kernel + block * ConvPool::block * s.kernel_size(),
               to + x * s.padded_filters() + block * ConvPool::block});
    }
    block += two ? 2 : 1;
  }
}

// A row of the pool from the convolution's rows, which are in a ring buffer from `slot` on.
void PoolRow(const ConvPool& s, const ConvPoolForward& a, std::int64_t py, const float* rows,
             std::int64_t slot) {
  const Tag d;
  const std::int64_t padded = s.padded_filters(), row_size = s.columns() * padded;
  for (std::int64_t f = 0; f < s.filters; f += lanes) {
    const WindowWriter writer(s, a, f);
    for (std::int64_t px = 0; px < s.pooled_width; ++px) {
      const float* column = rows + px * s.step_width * padded + f;
      Best best(hn::LoadU(d, column + slot * row_size));
      float position = 0;
      for (std::int64_t y = 0; y < s.window_height; ++y) {
        const std::int64_t row = slot + y < s.window_height ? slot + y : slot + y - s.window_height;
        for (std::int64_t x = 0; x < s.window_width; ++x, ++position) {
          best.consider(hn::LoadU(d, column + row * row_size + x * padded), position);
        }
      }
      writer.write(best, py * s.pooled_width + px);
    }
  }
}

// The usual pool, with adjacent 2x2 windows, takes its values from the registers of a tile: a few
// windows of a row, their upper and lower pixels, and some vectors of filters.
constexpr int pooled_vectors = lanes == 16 ? 2 : 1;
constexpr int most_windows = (registers == 32 ? 24 : 12) / (4 * pooled_vectors);

struct PooledTile {
  const float* source;  // the first window's top left corner
  const float* kernel;  // [kernel size][16], of each block of filters
  std::int64_t filter, window;
  bool numbers;  // whether no sum can be NaN
};

template <int Windows, int Vectors>
void PoolTile(const ConvPool& s, const ConvPoolForward& a, const PooledTile& tile) {
  constexpr int pixels = 4 * Windows;  // by window, then by position
  const Tag d;
  Vec sum[pixels * Vectors];
  Unroll<pixels * Vectors>([&](auto i) RIDGELINE_INLINE_LAMBDA { sum[i] = hn::Zero(d); });
  const std::int64_t run = s.run(), pixel = s.stride_width * s.channels;
  const std::int64_t lower = s.stride_height * s.row();
  const std::int64_t block_size = s.kernel_size() * ConvPool::block;
  const float* weights = tile.kernel;
  for (std::int64_t ky = 0; ky < s.kernel_height; ++ky) {
    const float* source = tile.source + ky * s.row();
    for (std::int64_t i = 0; i < run; ++i, ++source, weights += ConvPool::block) {
      Vec w[Vectors];
      Unroll<Vectors>([&](auto v) RIDGELINE_INLINE_LAMBDA {
        w[v] = hn::LoadU(
            d, weights + v * lanes / ConvPool::block * block_size + v * lanes % ConvPool::block);
      });
      Unroll<pixels>([&](auto p) RIDGELINE_INLINE_LAMBDA {
        const float* at = source + (p / 4 * 2 + p % 2) * pixel + p % 4 / 2 * lower;
        const Vec x = hn::Set(d, *at);
        Unroll<Vectors>([&](auto v) RIDGELINE_INLINE_LAMBDA {
          sum[p * Vectors + v] = hn::MulAdd(x, w[v], sum[p * Vectors + v]);
        });
      });
    }
  }
  const auto pool = [&](auto numbers) RIDGELINE_INLINE_LAMBDA {
    Unroll<Vectors>([&](auto v) RIDGELINE_INLINE_LAMBDA {
      const std::int64_t filter = tile.filter + v * lanes;
      if (filter >= s.filters) return;
      const WindowWriter writer(s, a, filter);
      Unroll<Windows>([&](auto w) RIDGELINE_INLINE_LAMBDA {
        Best best(sum[w * 4 * Vectors + v]);
        Unroll<3>([&](auto p) RIDGELINE_INLINE_LAMBDA {
          const Vec value = sum[(w * 4 + p + 1) * Vectors + v];
          if constexpr (numbers) {
            best.consider_number(value, static_cast<float>(p + 1));
          } else {
            best.consider(value, static_cast<float>(p + 1));
          }
        });
        writer.write(best, tile.window + w);
      });
    });
  };
  if (tile.numbers) {
    pool(std::true_type());
  } else {
    pool(std::false_type());
  }
}

// Whether no sum of the image's products can be NaN: all numbers are finite and too small to
// overflow. The check costs a fraction of the products.
bool SumsAreNumbers(const ConvPool& s, const ConvPoolForward& a) {
  const double image = LargestMagnitude(a.source, s.height * s.row());
  const double kernel = LargestMagnitude(a.kernel, s.packed_size());
  return image * kernel * static_cast<double>(s.kernel_size()) < std::numeric_limits<float>::max();
}

using PoolTileFunction = void (*)(const ConvPool&, const ConvPoolForward&, const PooledTile&);
template <int Vectors, int... Windows>
PoolTileFunction FindPoolTile(std::int64_t windows, std::integer_sequence<int, Windows...>) {
  static constexpr PoolTileFunction table[] = {PoolTile<Windows + 1, Vectors>...};
  return table[windows - 1];
}

void ForwardInRegisters(const ConvPool& s, const ConvPoolForward& a) {
  constexpr auto counts = std::make_integer_sequence<int, most_windows>();
  const std::int64_t tiles = (s.pooled_width + most_windows - 1) / most_windows;
  const bool numbers = SumsAreNumbers(s, a);
  for (std::int64_t filter = 0; filter < s.padded_filters();) {
    const bool whole = s.padded_filters() - filter >= pooled_vectors * lanes;
    const std::int64_t vectors = whole ? pooled_vectors : 1;
    PooledTile tile{a.source,
                    a.kernel + filter / ConvPool::block * ConvPool::block * s.kernel_size() +
                        filter % ConvPool::block,
                    filter, 0, numbers};
    for (std::int64_t py = 0; py < s.pooled_height; ++py) {
      for (std::int64_t t = 0; t < tiles; ++t) {
        const std::int64_t x = t * s.pooled_width / tiles, end = (t + 1) * s.pooled_width / tiles;
        tile.source =
            a.source + py * 2 * s.stride_height * s.row() + x * 2 * s.stride_width * s.channels;
        tile.window = py * s.pooled_width + x;
        (whole ? FindPoolTile<pooled_vectors>(end - x, counts) : FindPoolTile<1>(end - x, counts))(
            s, a, tile);
      }
    }
    filter += vectors * lanes;
  }
}

void ForwardByRows(const ConvPool& s, const ConvPoolForward& a) {
  auto* rows = static_cast<float*>(a.scratch);
  const std::int64_t slots = s.window_height, row_size = s.columns() * s.padded_filters();
  std::int64_t next = 0;  // the first row that has not been computed
  for (std::int64_t py = 0; py < s.pooled_height; ++py) {
    const std::int64_t first = py * s.step_height;
    for (next = std::max(next, first); next < first + s.window_height; ++next) {
      ConvolveRow(s, a.source + next * s.stride_height * s.row(), a.kernel,
                  rows + next % slots * row_size);
    }
    PoolRow(s, a, py, rows, first % slots);
  }
}

void Forward(const ConvPool& s, const ConvPoolForward& a) {
  const bool usual =
      s.window_height == 2 && s.window_width == 2 && s.step_height == 2 && s.step_width == 2;
  return usual ? ForwardInRegisters(s, a) : ForwardByRows(s, a);
}

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::engine::kernels {

HWY_EXPORT(Forward);

void conv_pool_forward(const ConvPool& shape, const ConvPoolForward& arguments) {
  HWY_DYNAMIC_DISPATCH(Forward)(shape, arguments);
}

}  // namespace ridgeline::engine::kernels
#endif  // HWY_ONCE
