#include "select/board.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "select/study.hpp"

namespace ridgeline::selection {
namespace {

std::pair<double, int> progress(const Request& request) {
  const int until = request.until == 0 ? std::numeric_limits<int>::max() : request.until;
  return {request.id.share, until};
}

}  // namespace

int Board::add(const std::vector<Assignment>& candidates) {
  const int first = trials() + 1;
  const auto known = study_ ? study_->candidates(first, candidates) : candidates;
  candidates_.insert(candidates_.end(), known.begin(), known.end());
  return first;
}

int Board::trial(const Assignment& candidate) {
  const auto found = std::ranges::find(candidates_, candidate);
  if (found == candidates_.end()) return add({candidate});
  return static_cast<int>(found - candidates_.begin()) + 1;
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

void Board::settle(const std::vector<Request>& rung) {
  std::set<int> diverged;
  for (const Request& request : rung) {
    if (diverged.contains(request.id.trial)) {
      records_.erase(request);
    } else if (const FoldRecord* record = find(request); record && record->status == "diverged") {
      diverged.insert(request.id.trial);
    }
  }
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

const Request* Board::furthest(int trial) const {
  const auto asked = requests_.find(trial);
  if (asked == requests_.end()) return nullptr;
  return &*std::ranges::max_element(asked->second, {}, progress);
}

std::vector<FoldRecord> Board::folds(int trial) const {
  const Request* last = furthest(trial);
  if (!last) return {};
  std::vector<FoldRecord> folds;
  for (const Request& request : requests_.at(trial)) {
    if (progress(request) != progress(*last)) continue;
    const FoldRecord* record = find(request);
    if (!record) break;
    folds.push_back(*record);
    if (record->status == "diverged") break;
  }
  return folds;
}

double Board::share(int trial) const {
  const Request* last = furthest(trial);
  return last ? last->id.share : 1;
}

bool Board::whole(int trial) const {
  const Request* last = furthest(trial);
  return last && last->id.share == 1 && last->until == 0;
}

}  // namespace ridgeline::selection
