#pragma once
// One factory per kind of loss, each in a file of its own; registry.cpp has the table.

#include "ridgeline/loss.hpp"

namespace ridgeline::objective {

LossPtr make_cross_entropy(const Attributes& attributes);
LossPtr make_mean_squared_error(const Attributes& attributes);
LossPtr make_binary_cross_entropy(const Attributes& attributes);

/// Throws DataError where targets do not fit: counts, a class outside [0, classes), a width other
/// than `outputs`, or a value that is not finite.
void check_targets(const Targets& targets, std::int64_t images, std::int64_t outputs,
                   std::int64_t classes);

}  // namespace ridgeline::objective
