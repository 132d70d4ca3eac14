#include "select/board.hpp"

#include <algorithm>
#include <utility>

#include "select/study.hpp"

namespace ridgeline::selection {

int Board::add(const std::vector<Assignment>& candidates) {
  const int first = trials() + 1;
  const auto known = study_ ? study_->candidates(first, candidates) : candidates;
  candidates_.insert(candidates_.end(), known.begin(), known.end());
  return first;
}

const Assignment& Board::parameters(int trial) const {
  return candidates_.at(static_cast<std::size_t>(trial) - 1);
}

void Board::ask(const Request& request) {
  requests_[request.id.trial].push_back(request);
}

void Board::add(const Request& request, FoldRecord record) {
  records_[request] = std::move(record);
}

const FoldRecord* Board::find(const Request& request) const {
  const auto found = records_.find(request);
  return found == records_.end() ? nullptr : &found->second;
}

bool Board::diverged(int trial) const {
  const auto asked = requests_.find(trial);
  return asked != requests_.end() && std::ranges::any_of(asked->second, [&](const Request& r) {
           const FoldRecord* record = find(r);
           return record && record->status == "diverged";
         });
}

bool Board::complete(int trial) const {
  const auto asked = requests_.find(trial);
  if (asked == requests_.end()) return true;
  return diverged(trial) ||
         std::ranges::all_of(asked->second, [&](const Request& r) { return find(r) != nullptr; });
}

std::vector<FoldRecord> Board::folds(int trial) const {
  const auto asked = requests_.find(trial);
  if (asked == requests_.end()) return {};
  // The last epoch is the largest; 0 means all epochs.
  const auto progress = [](const Request& r) {
    return std::pair(r.id.share, r.until == 0 ? std::numeric_limits<int>::max() : r.until);
  };
  const Request furthest = *std::ranges::max_element(asked->second, {}, progress);
  std::vector<FoldRecord> folds;
  for (const Request& request : asked->second) {
    if (progress(request) != progress(furthest)) continue;
    const FoldRecord* record = find(request);
    if (!record) break;
    folds.push_back(*record);
    if (record->status == "diverged") break;
  }
  return folds;
}

}  // namespace ridgeline::selection
