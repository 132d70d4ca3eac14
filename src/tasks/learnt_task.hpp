#pragma once
// The task that a network learns, and by which it is measured and predicts.

#include <string_view>

#include "ridgeline/task.hpp"

namespace ridgeline::tasks {

/// The task of `schema`. If a sigmoid learns numbers as probabilities, the numbers are labels, and
/// the task is "multi-label". That is so if the loss takes logits and `activation`, the network's
/// last one, is "sigmoid".
const Task& learnt_task(const TargetSchema& schema, const Loss& loss, std::string_view activation);

}  // namespace ridgeline::tasks
