#include "engine/kernels/transpose.hpp"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/transpose.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// A part of a matrix, by its definition.
void Plainly(const float* from, std::int64_t rows, std::int64_t columns, float* to,
             std::int64_t first_row, std::int64_t first_column) {
  for (std::int64_t r = first_column < columns ? 0 : first_row; r < rows; ++r) {
    for (std::int64_t c = r < first_row ? first_column : 0; c < columns; ++c) {
      to[c * rows + r] = from[r * columns + c];
    }
  }
}

// Planes of colour into pixels.
void FromThreeRows(const float* from, std::int64_t columns, float* to) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t c = 0;
  for (; c + lanes <= columns; c += lanes) {
    hn::StoreInterleaved3(hn::LoadU(d, from + c), hn::LoadU(d, from + columns + c),
                          hn::LoadU(d, from + 2 * columns + c), d, to + 3 * c);
  }
  Plainly(from, 3, columns, to, 3, c);
}

// Pixels into planes of colour.
void ToThreeRows(const float* from, std::int64_t rows, float* to) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t r = 0;
  for (; r + lanes <= rows; r += lanes) {
    hn::Vec<decltype(d)> a, b, c;
    hn::LoadInterleaved3(d, from + 3 * r, a, b, c);
    hn::StoreU(a, d, to + r);
    hn::StoreU(b, d, to + rows + r);
    hn::StoreU(c, d, to + 2 * rows + r);
  }
  Plainly(from, rows, 3, to, r, 3);
}

#if HWY_TARGET != HWY_SCALAR
// Blocks of four by four; gives how much of the matrix they cover.
void ByFours(const float* from, std::int64_t rows, std::int64_t columns, float* to) {
  const hn::FixedTag<float, 4> d;
  for (std::int64_t c = 0; c + 4 <= columns; c += 4) {
    for (std::int64_t r = 0; r + 4 <= rows; r += 4) {
      const float* at = from + r * columns + c;
      const auto a = hn::LoadU(d, at), b = hn::LoadU(d, at + columns);
      const auto e = hn::LoadU(d, at + 2 * columns), f = hn::LoadU(d, at + 3 * columns);
      const auto low_ab = hn::InterleaveLower(d, a, b), high_ab = hn::InterleaveUpper(d, a, b);
      const auto low_ef = hn::InterleaveLower(d, e, f), high_ef = hn::InterleaveUpper(d, e, f);
      float* out = to + c * rows + r;
      hn::StoreU(hn::ConcatLowerLower(d, low_ef, low_ab), d, out);
      hn::StoreU(hn::ConcatUpperUpper(d, low_ef, low_ab), d, out + rows);
      hn::StoreU(hn::ConcatLowerLower(d, high_ef, high_ab), d, out + 2 * rows);
      hn::StoreU(hn::ConcatUpperUpper(d, high_ef, high_ab), d, out + 3 * rows);
    }
  }
}
#endif

void Transpose(const float* from, std::int64_t rows, std::int64_t columns, float* to) {
  if (rows == 1 || columns == 1) {
    std::copy_n(from, rows * columns, to);
    return;
  }
  if (rows == 3) return FromThreeRows(from, columns, to);
  if (columns == 3) return ToThreeRows(from, rows, to);
#if HWY_TARGET == HWY_SCALAR
  Plainly(from, rows, columns, to, 0, 0);
#else
  ByFours(from, rows, columns, to);
  Plainly(from, rows, columns, to, rows / 4 * 4, columns / 4 * 4);
#endif
}

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::engine::kernels {

HWY_EXPORT(Transpose);

void transpose(const float* from, std::int64_t rows, std::int64_t columns, float* to) {
  HWY_DYNAMIC_DISPATCH(Transpose)(from, rows, columns, to);
}

}  // namespace ridgeline::engine::kernels
#endif  // HWY_ONCE
