// Winograd's filtering (winograd_tiles.hpp) before a max-pool: the tile is the pool's window, so
// the outputs are only in registers.

#include <algorithm>
#include <vector>

#include "engine/kernels/conv_pool.hpp"
#include "engine/kernels/winograd_sizes.hpp"

#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/conv_pool_winograd.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/kernels/pooling.hpp"
#include "engine/kernels/winograd_tiles.hpp"

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

// `blocks` holds [padded filters / 16][9][channels][16]; `packed` becomes
// [16][channels][padded filters].
void Pack(const ConvPool& s, const float* blocks, float* packed) {
  const Tag d;
  const std::int64_t padded = s.padded_filters(), tap = s.channels * padded;
  for (std::int64_t f = 0; f < padded; f += lanes) {
    const float* block =
        blocks + f / ConvPool::block * ConvPool::block * s.kernel_size() + f % ConvPool::block;
    for (std::int64_t c = 0; c < s.channels; ++c) {
      WeighKernel(
          [&](auto y, auto x) RIDGELINE_INLINE_LAMBDA {
            return hn::LoadU(d, block + ((y * 3 + x) * s.channels + c) * ConvPool::block);
          },
          [&](auto t, Vec v)
              RIDGELINE_INLINE_LAMBDA { hn::StoreU(v, d, packed + t * tap + c * padded + f); });
    }
  }
}

// The source's tiles.
void SpreadSource(const ConvPool& s, const float* source, std::int64_t first, std::int64_t tiles,
                  float* spread) {
  for (std::int64_t t = 0; t < tiles;) {
    const std::int64_t x = (first + t) % s.pooled_width, y = (first + t) / s.pooled_width;
    const float* corner = source + 2 * y * s.row() + 2 * x * s.channels;
    const std::int64_t count = std::min(s.pooled_width - x, tiles - t);
    ForVectors(s.channels, [&](auto part, std::int64_t c) RIDGELINE_INLINE_LAMBDA {
      SpreadTiles(
          count,
          [&](std::int64_t x) RIDGELINE_INLINE_LAMBDA {
            const float* at = corner + x * s.channels + c;
            return Four{part.load(at), part.load(at + s.row()), part.load(at + 2 * s.row()),
                        part.load(at + 3 * s.row())};
          },
          spread + t * block + vector_at(c / lanes));
    });
    t += count;
  }
}

void PoolTiles(const ConvPool& s, const ConvPoolForward& a, const float* products,
               std::int64_t first, std::int64_t tiles) {
  const Tag d;
  for (std::int64_t f = 0; f < s.filters; f += lanes) {
    const WindowWriter writer(s, a, f);
    for (std::int64_t t = 0; t < tiles; ++t) {
      const float* from = products + t * block + vector_at(f / lanes);
      const Four outputs = GatherTile(
          [&](auto tap) RIDGELINE_INLINE_LAMBDA { return hn::LoadU(d, from + tap * tap_step); });
      Best best(outputs.at[0]);
      Unroll<3>([&](auto p) RIDGELINE_INLINE_LAMBDA {
        best.consider(outputs.at[p + 1], static_cast<float>(p + 1));
      });
      writer.write(best, first + t);
    }
  }
}

void WinogradForward(const ConvPool& s, const ConvPoolForward& a) {
  auto* spread = static_cast<float*>(a.scratch);
  float* products = spread + matrices_size(s.channels);
  for (std::int64_t first = 0; first < s.windows(); first += tiles_at_once) {
    const std::int64_t tiles = std::min(tiles_at_once, s.windows() - first);
    SpreadSource(s, a.source, first, tiles, spread);
    MultiplyTaps(spread, a.kernel, products, tiles, s.channels, s.filters);
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
  return static_cast<std::size_t>(matrices_size(s.channels) + matrices_size(s.filters)) *
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
