#include "select/queue.hpp"

#include <algorithm>

namespace ridgeline::selection {

std::optional<Request> TrainingQueue::next() {
  while (next_ < requests_.size()) {
    const Request& request = requests_[next_++];
    if (!left_out(request)) return request;
  }
  while (!put_off_.empty()) {
    const Request request = put_off_.front();
    put_off_.pop_front();
    if (!left_out(request)) return request;
  }
  return std::nullopt;
}

bool TrainingQueue::left_out(const Request& request) const {
  if (!board_->diverged(request.id.trial)) return false;
  bool before = true;
  for (const Request& other : requests_) {
    before = before && other != request;
    if (other.id.trial != request.id.trial) continue;
    const FoldRecord* record = board_->find(other);
    if (record && record->status == "diverged") return before;
  }
  return true;  // in an earlier rung
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
