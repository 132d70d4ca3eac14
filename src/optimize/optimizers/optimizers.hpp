#pragma once
// One factory per kind of optimiser, each in a file of its own; registry.cpp has the table.

#include "ridgeline/optimizer.hpp"

namespace ridgeline::optimize {

using OptimizerPtr = std::shared_ptr<const Optimizer>;

OptimizerPtr make_sgd(std::string_view kind, double momentum, bool nesterov);
OptimizerPtr make_adam(std::string_view kind, double beta1, double beta2, double epsilon);

/// Throws UsageError unless low <= value < high.
void check_range(std::string_view key, double value, double low, double high);

}  // namespace ridgeline::optimize
