#include <mutex>

#include "options/check.hpp"
#include "tasks/tasks.hpp"

namespace ridgeline {
namespace {

struct Table {
  std::mutex mutex;
  std::vector<std::unique_ptr<const Task>> tasks;

  Table() {
    tasks.push_back(tasks::classify());
    tasks.push_back(tasks::multi_label());
    tasks.push_back(tasks::regress());
  }
  const Task* find(std::string_view name) const {
    for (const auto& task : tasks) {
      if (task->name() == name) return task.get();
    }
    return nullptr;
  }
};

Table& table() {
  static Table table;
  return table;
}

}  // namespace

const Task& task_named(std::string_view name) {
  Table& known = table();
  const std::scoped_lock lock(known.mutex);
  if (const Task* task = known.find(name)) return *task;
  std::vector<std::string_view> names;
  for (const auto& task : known.tasks) names.push_back(task->name());
  throw UsageError(fmt::format("there is no task '{}': {}", name, suggestion(name, names)));
}

std::vector<std::string> task_names() {
  Table& known = table();
  const std::scoped_lock lock(known.mutex);
  std::vector<std::string> names;
  for (const auto& task : known.tasks) names.emplace_back(task->name());
  return names;
}

void register_task(std::unique_ptr<const Task> task) {
  Table& known = table();
  const std::scoped_lock lock(known.mutex);
  require(known.find(task->name()) == nullptr, "there is a task '{}' already", task->name());
  known.tasks.push_back(std::move(task));
}

}  // namespace ridgeline
