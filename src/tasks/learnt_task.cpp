#include "tasks/learnt_task.hpp"

namespace ridgeline::tasks {

const Task& learnt_task(const TargetSchema& schema, const Loss& loss, std::string_view activation) {
  const bool labels =
      schema.task == "regress" && loss.head() == Head::logits && activation == "sigmoid";
  return task_named(labels ? "multi-label" : schema.task);
}

}  // namespace ridgeline::tasks
