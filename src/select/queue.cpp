#include "select/queue.hpp"

#include <algorithm>

namespace ridgeline::selection {

std::optional<Request> TrainingQueue::next() {
  while (next_ < requests_.size()) {
    const Request& request = requests_[next_++];
    if (!board_->diverged(request.id.trial)) return request;
  }
  return std::nullopt;
}

bool TrainingQueue::begun(int trial) const {
  const auto given = std::span(requests_).first(next_);
  return std::ranges::any_of(given, [&](const Request& r) { return r.id.trial == trial; });
}

double TrainingQueue::finished() const {
  double sum = 0;
  for (const Request& request : requests_) {
    if (board_->find(request) || board_->diverged(request.id.trial)) sum += request.id.share;
  }
  return sum;
}

double TrainingQueue::total() const {
  double sum = 0;
  for (const Request& request : requests_) sum += request.id.share;
  return sum;
}

}  // namespace ridgeline::selection
