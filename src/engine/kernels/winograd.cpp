#include "engine/kernels/winograd.hpp"

#include <algorithm>

#include "engine/kernels/winograd_sizes.hpp"

#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/winograd.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/kernels/winograd_tiles.hpp"

#ifndef RIDGELINE_ENGINE_KERNELS_CONV3X3_SIZES
#define RIDGELINE_ENGINE_KERNELS_CONV3X3_SIZES
namespace ridgeline::engine::kernels {
namespace {

// The positions of the tiles of a batch's images, in order.
class TileWalk {
 public:
  TileWalk(const Conv3x3& s, std::int64_t first)
      : rows_((s.output_height + 1) / 2), columns_((s.output_width + 1) / 2) {
    image = first / tiles();
    y = first % tiles() / columns_ * 2;
    x = first % columns_ * 2;
  }

  std::int64_t tiles() const { return rows_ * columns_; }
  /// From here on.
  std::int64_t tiles_of_row() const { return columns_ - x / 2; }
  /// To a tile of the same row, or the next row's first.
  void advance(std::int64_t tiles) {
    x += 2 * tiles;
    if (x < 2 * columns_) return;
    x = 0;
    y += 2;
    if (y < 2 * rows_) return;
    y = 0;
    ++image;
  }

  std::int64_t image = 0, y = 0, x = 0;  // of the tile's first output

 private:
  std::int64_t rows_, columns_;
};

// The parts of a scratch area.
struct Scratch {
  float *spread, *products, *zeros;
  Scratch(const Conv3x3& s, void* scratch)
      : spread(static_cast<float*>(scratch)),
        products(spread + matrices_size(s.channels)),
        zeros(products + matrices_size(s.filters)) {
    std::fill_n(zeros, padded(s.channels), 0.0F);
  }
};

}  // namespace
}  // namespace ridgeline::engine::kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

// `out` and `in` are the distances in the plain kernel between the numbers of neighbouring outputs
// and inputs; backwards, its 3x3 are turned round.
void Pack(const Conv3x3& s, const float* plain, std::int64_t out, std::int64_t in, bool backwards,
          float* packed) {
  const Tag d;
  const std::int64_t columns = padded(s.filters), tap = s.channels * columns;
  HWY_ALIGN float numbers[9][lanes];
  for (std::int64_t f = 0; f < columns; f += lanes) {
    for (std::int64_t c = 0; c < s.channels; ++c) {
      for (std::int64_t lane = 0; lane < lanes; ++lane) {
        const bool there = f + lane < s.filters;
        const float* from = plain + (f + lane) * out + c * in;
        for (int k = 0; k < 9; ++k) numbers[k][lane] = there ? from[backwards ? 8 - k : k] : 0;
      }
      WeighKernel(
          [&](auto y, auto x) RIDGELINE_INLINE_LAMBDA { return hn::Load(d, numbers[y * 3 + x]); },
          [&](auto t, Vec v)
              RIDGELINE_INLINE_LAMBDA { hn::StoreU(v, d, packed + t * tap + c * columns + f); });
    }
  }
}

// B^T d B of `tiles` tiles of the source.
template <typename T>
void SpreadSource(const Conv3x3& s, const T* source, std::int64_t first, std::int64_t tiles,
                  const Scratch& scratch) {
  const Vec zero = hn::Zero(Tag());
  TileWalk tile(s, first);
  for (std::int64_t t = 0; t < tiles;) {
    const std::int64_t count = std::min(tile.tiles_of_row(), tiles - t);
    const std::int64_t y0 = tile.y - s.top, x0 = tile.x - s.left;
    // A row outside the image is zeros everywhere.
    const T* rows[4];
    std::int64_t steps[4];
    for (std::int64_t y = 0; y < 4; ++y) {
      const bool inside = y0 + y >= 0 && y0 + y < s.height;
      rows[y] = inside ? source + (tile.image * s.height + y0 + y) * s.width * s.channels
                       : reinterpret_cast<const T*>(scratch.zeros);
      steps[y] = inside ? s.channels : 0;
    }
    ForVectors(s.channels, [&](auto part, std::int64_t c) RIDGELINE_INLINE_LAMBDA {
      SpreadTiles(
          count,
          [&](std::int64_t column) RIDGELINE_INLINE_LAMBDA {
            const std::int64_t x = x0 + column;
            if (x < 0 || x >= s.width) return Four{zero, zero, zero, zero};
            const auto load = [&](auto y) RIDGELINE_INLINE_LAMBDA {
              return part.load(rows[y] + x * steps[y] + c);
            };
            return Four{load(0), load(1), load(2), load(3)};
          },
          scratch.spread + t * block + vector_at(c / lanes));
    });
    tile.advance(count);
    t += count;
  }
}

// Which of a tile's four outputs are inside the image.
struct Inside {
  bool right, below;
  Inside(const Conv3x3& s, const TileWalk& tile)
      : right(tile.x + 1 < s.output_width), below(tile.y + 1 < s.output_height) {}
};

template <typename T>
void GatherOutputs(const Conv3x3& s, const Conv3x3Forward<T>& a, std::int64_t first,
                   std::int64_t tiles, const float* products) {
  const Tag d;
  const std::int64_t row = s.output_width * s.filters;
  TileWalk tile(s, first);
  const Vec zero = hn::Zero(d);
  const Relu relu(a.slope), masked(a.mask_slope);
  for (std::int64_t t = 0; t < tiles; ++t, tile.advance(1)) {
    const Inside inside(s, tile);
    const std::int64_t at = tile.image * s.output_size() + tile.y * row + tile.x * s.filters;
    ForVectors(s.filters, [&](auto part, std::int64_t f) RIDGELINE_INLINE_LAMBDA {
      const Vec bias = a.bias == nullptr ? zero : part.load(a.bias + f);
      const float* from = products + t * block + vector_at(f / lanes);
      const Four outputs = GatherTile(
          [&](auto tap) RIDGELINE_INLINE_LAMBDA { return hn::LoadU(d, from + tap * tap_step); });
      const auto write = [&](Vec v, std::int64_t to) RIDGELINE_INLINE_LAMBDA {
        v = hn::Add(v, bias);
        if (a.addend != nullptr) v = hn::Add(v, part.load(a.addend + to));
        v = relu(v);
        if (a.mask != nullptr) v = masked.back(v, part.load(a.mask + to));
        part.store(v, a.output + to);
      };
      write(outputs.at[0], at + f);
      if (inside.right) write(outputs.at[1], at + s.filters + f);
      if (inside.below) write(outputs.at[2], at + row + f);
      if (inside.right && inside.below) write(outputs.at[3], at + row + s.filters + f);
    });
  }
}

// A dY A^T of the gradient's tiles, and their sum for the bias.
template <typename T>
void ScatterGradient(const Conv3x3& s, const Conv3x3BackwardWeights<T>& a, std::int64_t first,
                     std::int64_t tiles, float* scattered) {
  const Tag d;
  const std::int64_t row = s.output_width * s.filters;
  TileWalk tile(s, first);
  for (std::int64_t t = 0; t < tiles; ++t, tile.advance(1)) {
    const Inside inside(s, tile);
    const T* corner = a.gradient + tile.image * s.output_size() + tile.y * row + tile.x * s.filters;
    ForVectors(s.filters, [&](auto part, std::int64_t f) RIDGELINE_INLINE_LAMBDA {
      const Vec zero = hn::Zero(d), one = part.load(corner + f);
      const Vec right = inside.right ? part.load(corner + s.filters + f) : zero;
      const Vec below = inside.below ? part.load(corner + row + f) : zero;
      const Vec both =
          inside.right && inside.below ? part.load(corner + row + s.filters + f) : zero;
      if (a.bias_gradient != nullptr) {
        const Vec sum = hn::Add(hn::Add(one, right), hn::Add(below, both));
        part.store(hn::Add(part.load(a.bias_gradient + f), sum), a.bias_gradient + f);
      }
      const Four left_column = Scatter(one, below), right_column = Scatter(right, both);
      float* to = scattered + t * block + vector_at(f / lanes);
      Unroll<4>([&](auto y) RIDGELINE_INLINE_LAMBDA {
        const Four whole = Scatter(left_column.at[y], right_column.at[y]);
        Unroll<4>([&](auto x) RIDGELINE_INLINE_LAMBDA {
          hn::StoreU(whole.at[x], d, to + (y * 4 + x) * tap_step);
        });
      });
    });
  }
}

// Calls use(first, tiles) for parts of the images' tiles.
template <typename Use>
void ForTiles(const Conv3x3& s, std::int64_t images, const Share& share, Use use) {
  const std::int64_t all = images * TileWalk(s, 0).tiles(), end = share.end(all);
  const std::int64_t at_once = tiles_for(s.channels, s.filters);
  for (std::int64_t first = share.begin(all); first < end; first += at_once) {
    use(first, std::min(at_once, end - first));
  }
}

template <typename T>
void Forward(const Conv3x3& s, const Conv3x3Forward<T>& a) {
  const Scratch scratch(s, a.scratch);
  ForTiles(s, a.images, a.share, [&](std::int64_t first, std::int64_t tiles) {
    SpreadSource(s, a.source, first, tiles, scratch);
    MultiplyTaps(scratch.spread, a.kernel, scratch.products, tiles, s.channels, s.filters);
    GatherOutputs(s, a, first, tiles, scratch.products);
  });
}

template <typename T>
void BackwardWeights(const Conv3x3& s, const Conv3x3BackwardWeights<T>& a) {
  const Scratch scratch(s, a.scratch);
  ForTiles(s, a.images, {}, [&](std::int64_t first, std::int64_t tiles) {
    SpreadSource(s, a.source, first, tiles, scratch);
    ScatterGradient(s, a, first, tiles, scratch.products);
    AddTaps(scratch.spread, scratch.products, a.kernel_sums, tiles, s.channels, s.filters);
  });
}

void ForwardFp32(const Conv3x3& s, const Conv3x3Forward<float>& a) {
  Forward(s, a);
}
void ForwardBf16(const Conv3x3& s, const Conv3x3Forward<Bf16>& a) {
  Forward(s, a);
}
void BackwardWeightsFp32(const Conv3x3& s, const Conv3x3BackwardWeights<float>& a) {
  BackwardWeights(s, a);
}
void BackwardWeightsBf16(const Conv3x3& s, const Conv3x3BackwardWeights<Bf16>& a) {
  BackwardWeights(s, a);
}

void SumsToPlain(const Conv3x3& s, const float* sums, float* plain) {
  const Tag d;
  const std::int64_t columns = padded(s.filters), tap = s.channels * columns;
  HWY_ALIGN float numbers[9][lanes];
  for (std::int64_t f = 0; f < s.filters; f += lanes) {
    const std::int64_t there = std::min<std::int64_t>(lanes, s.filters - f);
    for (std::int64_t c = 0; c < s.channels; ++c) {
      const float* from = sums + c * columns + f;
      Three columns_of[4];
      Unroll<4>([&](auto x) RIDGELINE_INLINE_LAMBDA {
        columns_of[x] =
            Unweigh({hn::LoadU(d, from + x * tap), hn::LoadU(d, from + (4 + x) * tap),
                     hn::LoadU(d, from + (8 + x) * tap), hn::LoadU(d, from + (12 + x) * tap)});
      });
      Unroll<3>([&](auto y) RIDGELINE_INLINE_LAMBDA {
        const Three row = Unweigh(
            {columns_of[0].at[y], columns_of[1].at[y], columns_of[2].at[y], columns_of[3].at[y]});
        Unroll<3>([&](auto x)
                      RIDGELINE_INLINE_LAMBDA { hn::Store(row.at[x], d, numbers[y * 3 + x]); });
      });
      for (std::int64_t lane = 0; lane < there; ++lane) {
        float* to = plain + ((f + lane) * s.channels + c) * 9;
        for (int k = 0; k < 9; ++k) to[k] = numbers[k][lane];
      }
    }
  }
}

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::engine::kernels {

HWY_EXPORT(Pack);
HWY_EXPORT(ForwardFp32);
HWY_EXPORT(ForwardBf16);
HWY_EXPORT(BackwardWeightsFp32);
HWY_EXPORT(BackwardWeightsBf16);
HWY_EXPORT(SumsToPlain);

std::int64_t Conv3x3::packed_size() const {
  return 16 * channels * padded(filters);
}

std::size_t Conv3x3::scratch() const {
  return static_cast<std::size_t>(matrices_size(channels) + matrices_size(filters) +
                                  padded(channels)) *
         sizeof(float);
}

void conv3x3_pack(const Conv3x3& s, const float* plain, float* packed) {
  HWY_DYNAMIC_DISPATCH(Pack)(s, plain, s.channels * 9, 9, false, packed);
}

void conv3x3_pack_backward(const Conv3x3& s, const float* plain, float* packed) {
  HWY_DYNAMIC_DISPATCH(Pack)(s.backward(), plain, 9, s.channels * 9, true, packed);
}

void conv3x3_forward(const Conv3x3& s, const Conv3x3Forward<float>& arguments) {
  HWY_DYNAMIC_DISPATCH(ForwardFp32)(s, arguments);
}

void conv3x3_forward(const Conv3x3& s, const Conv3x3Forward<Bf16>& arguments) {
  HWY_DYNAMIC_DISPATCH(ForwardBf16)(s, arguments);
}

void conv3x3_backward_weights(const Conv3x3& s, const Conv3x3BackwardWeights<float>& arguments) {
  HWY_DYNAMIC_DISPATCH(BackwardWeightsFp32)(s, arguments);
}

void conv3x3_backward_weights(const Conv3x3& s, const Conv3x3BackwardWeights<Bf16>& arguments) {
  HWY_DYNAMIC_DISPATCH(BackwardWeightsBf16)(s, arguments);
}

void conv3x3_sums_to_plain(const Conv3x3& s, const float* sums, float* plain) {
  HWY_DYNAMIC_DISPATCH(SumsToPlain)(s, sums, plain);
}

}  // namespace ridgeline::engine::kernels
#endif  // HWY_ONCE
