#include "engine/kernels/conv_pool.hpp"

#include <algorithm>

namespace ridgeline::engine::kernels {
namespace {

// [filters][rows][columns] to [filters][columns][rows]
struct Transposition {
  std::int64_t filters, rows, columns;
  void operator()(const float* from, float* to) const {
    for (std::int64_t f = 0; f < filters; ++f, from += rows * columns) {
      for (std::int64_t c = 0; c < columns; ++c) {
        for (std::int64_t r = 0; r < rows; ++r) *to++ = from[r * columns + c];
      }
    }
  }
};

std::size_t rounded(std::int64_t count) {
  return static_cast<std::size_t>((count + 15) / 16 * 16);
}

}  // namespace

std::size_t ConvPool::forward_scratch() const {
  return rounded(window_height * columns() * padded_filters()) * sizeof(float);
}

std::size_t ConvPool::backward_scratch() const {
  return (2 * rounded(padded_filters() * listed_windows()) +
          2 * rounded(windows() * padded_filters() + block) + 2 * rounded(block * most_grouped) +
          rounded(most_grouped * padded_filters()) + rounded(padded_filters()) +
          rounded(windows() * (positions() + 1)) + rounded(windows()) + rounded(positions())) *
         sizeof(float);
}

void conv_pool_pack(const ConvPool& s, const float* plain, float* packed) {
  std::fill_n(packed, s.packed_size(), 0.0F);
  const std::int64_t positions = s.kernel_height * s.kernel_width;
  for (std::int64_t f = 0; f < s.filters; ++f) {
    float* filter =
        packed + f / ConvPool::block * ConvPool::block * s.kernel_size() + f % ConvPool::block;
    for (std::int64_t c = 0; c < s.channels; ++c) {
      for (std::int64_t p = 0; p < positions; ++p) {
        filter[(p * s.channels + c) * ConvPool::block] = *plain++;
      }
    }
  }
}

void rows_to_plain(const ConvPool& s, const float* rows, float* plain) {
  Transposition{s.filters, s.kernel_height * s.kernel_width, s.channels}(rows, plain);
}

}  // namespace ridgeline::engine::kernels
