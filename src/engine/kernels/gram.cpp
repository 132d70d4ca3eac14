#include "engine/kernels/gram.hpp"

#include "engine/kernels/dense.hpp"

namespace ridgeline::engine::kernels {
namespace {

constexpr std::int64_t grain = 16;  // rows: whole tiles, and whole vectors of any matrix

}  // namespace

void multiply_by_itself(const Parallel& parallel, const MatrixShape& shape, const float* x,
                        float* gram) {
  const std::int64_t side = shape.side();
  parallel(side, grain, [&](std::int64_t begin, std::int64_t end) {
    float* rows = gram + begin * side;
    if (shape.wide()) {
      dense_forward({end - begin, shape.columns, side},
                    {.x = x + begin * shape.columns, .w = x, .bias = nullptr, .y = rows});
    } else {
      const DensePart part{.x = x, .dy = x, .images = shape.rows};
      dense_kernel_gradient({&part, 1}, {side, side, begin, end - begin}, rows);
    }
  });
}

void multiply_by_symmetric(const Parallel& parallel, const MatrixShape& shape, const float* x,
                           const float* symmetric, float* y) {
  parallel(shape.rows, grain, [&](std::int64_t begin, std::int64_t end) {
    const std::int64_t rows = end - begin, at = begin * shape.columns;
    if (shape.wide()) {
      dense_backward_data({rows, shape.columns, shape.rows}, x, symmetric + begin * shape.rows,
                          y + at);
    } else {
      dense_forward({rows, shape.columns, shape.columns},
                    {.x = x + at, .w = symmetric, .bias = nullptr, .y = y + at});
    }
  });
}

}  // namespace ridgeline::engine::kernels
