#include "optimize/optimizers/trust.hpp"

#include <cmath>

#include "engine/kernels/shared_runs.hpp"

namespace ridgeline::optimize {

double norm_ratio(const StepInfo& info, const float* direction, std::size_t count) {
  if (info.role != Role::kernel) return 0;
  const auto square_sum = [&](const float* values) {
    return engine::kernels::square_sum(info.parallel, values, count);
  };
  const double square = square_sum(direction);
  return square > 0 ? std::sqrt(square_sum(info.weights) / square) : 0;
}

}  // namespace ridgeline::optimize
