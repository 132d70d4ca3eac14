#include "select/queue.hpp"

#include <algorithm>
#include <utility>

namespace ridgeline::selection {

TrainingQueue::TrainingQueue(std::size_t trials, int folds)
    : records_(trials, Folds(static_cast<std::size_t>(folds))) {}

std::optional<TrainingQueue::Item> TrainingQueue::next() {
  begun_ = true;
  while (next_.trial <= static_cast<int>(records_.size())) {
    if (!complete(next_.trial) && next_.fold < static_cast<int>(of(next_.trial).size())) {
      ++next_.fold;
      return next_;
    }
    if (next_.trial == static_cast<int>(records_.size())) return std::nullopt;
    next_ = {next_.trial + 1, 0};
  }
  return std::nullopt;
}

void TrainingQueue::add(const Item& item, FoldRecord record) {
  records_[static_cast<std::size_t>(item.trial) - 1][static_cast<std::size_t>(item.fold) - 1] =
      std::move(record);
}

std::vector<FoldRecord> TrainingQueue::folds(int trial) const {
  std::vector<FoldRecord> folds;
  for (const auto& record : of(trial)) {
    if (!record) break;
    folds.push_back(*record);
    if (record->status == "diverged") break;
  }
  return folds;
}

bool TrainingQueue::complete(int trial) const {
  const auto judged = folds(trial);
  return judged.size() == of(trial).size() ||
         (!judged.empty() && judged.back().status == "diverged");
}

double TrainingQueue::finished() const {
  double sum = 0;
  for (int trial = 1; trial <= static_cast<int>(records_.size()); ++trial) {
    const Folds& folds = of(trial);
    const auto there = [](const auto& record) { return record.has_value(); };
    sum += complete(trial) ? static_cast<double>(folds.size())
                           : static_cast<double>(std::ranges::count_if(folds, there));
  }
  return sum;
}

}  // namespace ridgeline::selection
