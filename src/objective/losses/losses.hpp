#pragma once
// The kinds of losses, each in a file of its own; registry.cpp has the table.

#include "ridgeline/loss.hpp"

namespace ridgeline::objective {

/// A kind with its options, and what makes it.
struct LossKind {
  Kind kind;
  LossFactory make;
};
LossKind cross_entropy_kind();
LossKind mean_squared_error_kind();
LossKind binary_cross_entropy_kind();

/// Throws DataError where targets do not fit: counts, a class that the outputs do not know (a
/// single output tells classes 0 and 1 apart), another width, or a value that is not finite.
void check_targets(const Targets& targets, std::int64_t images, std::int64_t outputs);
/// Throws DataError for a target value outside [0, 1].
void check_probabilities(const Targets& targets, std::string_view loss);
/// What value i of images x `outputs` should be. Classes count as one-hot; for a single output as
/// the value 0 or 1.
double target_value(const Targets& targets, std::size_t i, std::size_t outputs);

}  // namespace ridgeline::objective
