#pragma once
// From [rows][columns] to [columns][rows]: an image from NCHW to NHWC and back.

#include <cstdint>

namespace ridgeline::engine::kernels {

void transpose(const float* from, std::int64_t rows, std::int64_t columns, float* to);

}  // namespace ridgeline::engine::kernels
