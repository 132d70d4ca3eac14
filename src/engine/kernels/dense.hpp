#pragma once
// Dense layers on plain kernels [out, in]. Kernel and gradient are never copied to another layout:
// at the batch sizes of training that costs more than the products.

#include <cstdint>
#include <span>

namespace ridgeline::engine::kernels {

struct DenseShape {
  std::int64_t images, inputs, outputs;
};
/// Some rows of a kernel.
struct DenseRows {
  std::int64_t inputs, outputs;  ///< of the kernel
  std::int64_t first, count;
};

/// y = x w^T + bias; then max(y, slope * y) if `relu`. bias may be null.
struct DenseForward {
  const float* x;     ///< images x inputs
  const float* w;     ///< outputs x inputs
  const float* bias;  ///< outputs, or null
  float* y;           ///< images x outputs
  bool relu = false;
  float slope = 0;
};
void dense_forward(const DenseShape& shape, const DenseForward& arguments);
/// Some of the images that a kernel's gradient sums over.
struct DensePart {
  const float* x;   ///< images x inputs
  const float* dy;  ///< images x outputs
  std::int64_t images;
};
/// Rows [first, first + rows) of dw = dy^T x over the images of all parts, in order. The division
/// into parts does not change a bit.
void dense_kernel_gradient(std::span<const DensePart> parts, const DenseRows& rows, float* dw);
/// db = sum of dy over the images
void dense_bias_gradient(const DenseShape& shape, const float* dy, float* db);
/// dx = dy w
void dense_backward_data(const DenseShape& shape, const float* w, const float* dy, float* dx);

}  // namespace ridgeline::engine::kernels
