#include "engine/kernels/dense.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

// Tiles are arrays of vectors. Scalable vectors cannot be in arrays.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/dense.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/kernels/vectors.hpp"

#ifndef RIDGELINE_ENGINE_KERNELS_DENSE_SIZES
#define RIDGELINE_ENGINE_KERNELS_DENSE_SIZES
namespace ridgeline::engine::kernels {
namespace {
constexpr std::size_t images_at_once = 128;  // whose columns stay in the first-level cache
}
}  // namespace ridgeline::engine::kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

// Calls f with the size of each tile of up to Size rows as a compile-time number.
template <int Size, typename F>
HWY_INLINE void ForTiles(std::int64_t count, F f) {
  std::int64_t i = 0;
  for (; i + Size <= count; i += Size) f(i, std::integral_constant<int, Size>());
  if constexpr (Size > 1) {
    if (i < count) {
      ForTiles<Size / 2>(count - i, [&](std::int64_t j, auto size) { f(i + j, size); });
    }
  }
}

template <int M, int N>
HWY_INLINE void ForwardTile(const DenseShape& s, const DenseForward& a, std::int64_t image,
                            std::int64_t output) {
  const Tag d;
  const float* x = a.x + image * s.inputs;
  const float* w = a.w + output * s.inputs;
  Vec sum[M][N];
  for (int m = 0; m < M; ++m) {
    for (int n = 0; n < N; ++n) sum[m][n] = hn::Zero(d);
  }
  const auto add = [&](std::int64_t i, auto load) HWY_ATTR {
    Vec rows[N];
    for (int n = 0; n < N; ++n) rows[n] = load(w + n * s.inputs + i);
    for (int m = 0; m < M; ++m) {
      const Vec v = load(x + m * s.inputs + i);
      for (int n = 0; n < N; ++n) sum[m][n] = hn::MulAdd(v, rows[n], sum[m][n]);
    }
  };
  std::int64_t i = 0;
  for (; i + lanes <= s.inputs; i += lanes) {
    add(i, [&](const float* from) HWY_ATTR { return hn::LoadU(d, from); });
  }
  if (i < s.inputs) {
    const std::int64_t rest = s.inputs - i;
    add(i, [&](const float* from) HWY_ATTR { return PartialVector(rest).load(from); });
  }
  for (int m = 0; m < M; ++m) {
    for (int n = 0; n < N; ++n) {
      float y = hn::GetLane(hn::SumOfLanes(d, sum[m][n]));
      if (a.bias != nullptr) y += a.bias[output + n];
      // The sign cannot be predicted, so there is no branch. NaN stays NaN, and a slope of 0 must
      // not be multiplied by an infinite number.
      if (a.relu) y = std::max(y, 0.0F) + (a.slope == 0 ? 0 : a.slope * std::min(y, 0.0F));
      a.y[(image + m) * s.outputs + output + n] = y;
    }
  }
}

void Forward(const DenseShape& s, const DenseForward& a) {
  ForTiles<6>(s.outputs, [&](std::int64_t output, auto n) {
    ForTiles<4>(s.images, [&](std::int64_t image, auto m) {
      ForwardTile<decltype(m)::value, decltype(n)::value>(s, a, image, output);
    });
  });
}

// A tile of a product whose inner loop broadcasts one factor and loads rows of the other:
//   to[m][i] (+)= sum over k of factor[m * factor_row + k * factor_step] * rows[k][i]
// for M values of m and `columns` (at most 3 vectors) of i.
struct Outer {
  const float* factor;
  std::int64_t factor_row, factor_step;
  const float* rows;
  std::int64_t row_stride, count;  // rows and how many
  float* to;
  std::int64_t to_stride;
  bool add;
};

template <int M, int V, bool Partial>
HWY_INLINE void OuterTile(const Outer& o, std::int64_t columns) {
  const Tag d;
  const auto load = [&](const float* row, int v) HWY_ATTR {
    return Partial ? PartialVector(columns - v * lanes).load(row + v * lanes)
                   : hn::LoadU(d, row + v * lanes);
  };
  Vec sum[M][V];
  for (int m = 0; m < M; ++m) {
    for (int v = 0; v < V; ++v) {
      sum[m][v] = o.add ? load(o.to + m * o.to_stride, v) : hn::Zero(d);
    }
  }
  for (std::int64_t k = 0; k < o.count; ++k) {
    const float* row = o.rows + k * o.row_stride;
    Vec values[V];
    for (int v = 0; v < V; ++v) values[v] = load(row, v);
    for (int m = 0; m < M; ++m) {
      const Vec factor = hn::Set(d, o.factor[m * o.factor_row + k * o.factor_step]);
      for (int v = 0; v < V; ++v) sum[m][v] = hn::MulAdd(factor, values[v], sum[m][v]);
    }
  }
  for (int m = 0; m < M; ++m) {
    for (int v = 0; v < V; ++v) {
      float* to = o.to + m * o.to_stride + v * lanes;
      if (Partial) {
        PartialVector(columns - v * lanes).store(sum[m][v], to);
      } else {
        hn::StoreU(sum[m][v], d, to);
      }
    }
  }
}

// At most three vectors of columns of M rows.
template <int M>
HWY_INLINE void OuterColumns(Outer o, std::int64_t columns) {
  if (columns >= 3 * lanes) return OuterTile<M, 3, false>(o, columns);
  for (std::int64_t i = 0; i < columns; i += lanes, o.rows += lanes, o.to += lanes) {
    if (columns - i >= lanes) {
      OuterTile<M, 1, false>(o, lanes);
    } else {
      OuterTile<M, 1, true>(o, columns - i);
    }
  }
}

// Adds up a block of images: rows of x and their factors, which are adjacent.
void AddImages(std::span<const float* const> images, const float* factors, const DenseRows& r,
               float* dw, bool add) {
  constexpr std::int64_t most = 3 * lanes;
  const Tag d;
  HWY_ALIGN float rows[images_at_once * most];
  const auto count = static_cast<std::int64_t>(images.size());
  for (std::int64_t i = 0; i < r.inputs; i += most) {
    const std::int64_t columns = std::min(most, r.inputs - i);
    // Columns of x are far apart and map to few sets of the first-level cache.
    for (std::int64_t n = 0; n < count; ++n) {
      const float* x = images[static_cast<std::size_t>(n)] + i;
      if (columns == most) {
        Unroll<3>([&](auto v) RIDGELINE_INLINE_LAMBDA {
          hn::Store(hn::LoadU(d, x + v * lanes), d, rows + n * most + v * lanes);
        });
      } else {
        std::copy_n(x, columns, rows + n * most);
      }
    }
    ForTiles<8>(r.count, [&](std::int64_t row, auto m) {
      OuterColumns<decltype(m)::value>(
          {factors + row, 1, r.count, rows, most, count, dw + row * r.inputs + i, r.inputs, add},
          columns);
    });
  }
}

void KernelGradient(std::span<const DensePart> parts, const DenseRows& r, float* dw) {
  std::vector<const float*> images;
  std::vector<float> factors;
  bool add = false;
  const auto add_images = [&] {
    AddImages(images, factors.data(), r, dw, add);
    images.clear();
    factors.clear();
    add = true;
  };
  for (const DensePart& part : parts) {
    for (std::int64_t n = 0; n < part.images; ++n) {
      const float* dy = part.dy + n * r.outputs + r.first;
      images.push_back(part.x + n * r.inputs);
      factors.insert(factors.end(), dy, dy + r.count);
      if (images.size() == images_at_once) add_images();
    }
  }
  if (!images.empty()) add_images();
}

void BackwardData(const DenseShape& s, const float* w, const float* dy, float* dx) {
  constexpr std::int64_t panel = 128;  // rows of w whose three vectors stay in the first cache
  for (std::int64_t i = 0; i < s.inputs; i += 3 * lanes) {
    const std::int64_t columns = std::min(3 * lanes, s.inputs - i);
    for (std::int64_t k = 0; k < s.outputs; k += panel) {
      ForTiles<8>(s.images, [&](std::int64_t image, auto m) {
        OuterColumns<decltype(m)::value>(
            {dy + image * s.outputs + k, s.outputs, 1, w + k * s.inputs + i, s.inputs,
             std::min(panel, s.outputs - k), dx + image * s.inputs + i, s.inputs, k > 0},
            columns);
      });
    }
  }
}

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::engine::kernels {

HWY_EXPORT(Forward);
HWY_EXPORT(KernelGradient);
HWY_EXPORT(BackwardData);

void dense_forward(const DenseShape& shape, const DenseForward& arguments) {
  HWY_DYNAMIC_DISPATCH(Forward)(shape, arguments);
}
void dense_kernel_gradient(std::span<const DensePart> parts, const DenseRows& rows, float* dw) {
  HWY_DYNAMIC_DISPATCH(KernelGradient)(parts, rows, dw);
}
void dense_bias_gradient(const DenseShape& shape, const float* dy, float* db) {
  std::fill_n(db, shape.outputs, 0.0F);
  for (std::int64_t n = 0; n < shape.images; ++n) {
    for (std::int64_t o = 0; o < shape.outputs; ++o) db[o] += dy[n * shape.outputs + o];
  }
}
void dense_backward_data(const DenseShape& shape, const float* w, const float* dy, float* dx) {
  HWY_DYNAMIC_DISPATCH(BackwardData)(shape, w, dy, dx);
}

}  // namespace ridgeline::engine::kernels
#endif  // HWY_ONCE
