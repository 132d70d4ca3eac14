#include "optimize/optimizers/trust.hpp"

#include <cmath>

#include "engine/kernels/update_kernels.hpp"

namespace ridgeline::optimize {

double norm_ratio(const StepInfo& info, const float* direction, std::size_t count) {
  if (info.role != Role::kernel) return 0;
  const double square = engine::kernels::square_sum(direction, count);
  return square > 0 ? std::sqrt(engine::kernels::square_sum(info.weights, count) / square) : 0;
}

}  // namespace ridgeline::optimize
