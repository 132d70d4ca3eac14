#pragma once
// Dense layers on plain kernels [out, in]: neither the kernel nor its gradient is ever copied
// into another layout, which costs more than the products themselves at training's batch sizes.

#include <cstdint>

namespace ridgeline::engine::kernels {

struct DenseShape {
  std::int64_t images, inputs, outputs;
};

/// y = x w^T + bias; then max(y, slope * y) where `relu`. bias may be null.
struct DenseForward {
  const float* x;     ///< images x inputs
  const float* w;     ///< outputs x inputs
  const float* bias;  ///< outputs, or null
  float* y;           ///< images x outputs
  bool relu = false;
  float slope = 0;
};
void dense_forward(const DenseShape& shape, const DenseForward& arguments);
/// dw = dy^T x; db = sum of dy over the images, where it is not null.
void dense_backward_weights(const DenseShape& shape, const float* x, const float* dy, float* dw,
                            float* db);
/// dx = dy w
void dense_backward_data(const DenseShape& shape, const float* w, const float* dy, float* dx);

}  // namespace ridgeline::engine::kernels
