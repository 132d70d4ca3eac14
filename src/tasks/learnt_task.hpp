#pragma once
// Which task images are learnt, measured and predicted as.

#include <string_view>

#include "ridgeline/task.hpp"

namespace ridgeline::tasks {

/// The task of `schema`. Numbers that a sigmoid learns as probabilities (`activation` ends the
/// network, and the loss reads logits) are labels: their task is "multi-label".
const Task& learnt_task(const TargetSchema& schema, const Loss& loss, std::string_view activation);

}  // namespace ridgeline::tasks
