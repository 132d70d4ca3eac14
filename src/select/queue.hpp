#pragma once
// The order of the trainings of a rung. Several run at a time.

#include <optional>
#include <vector>

#include "select/board.hpp"

namespace ridgeline::selection {

class TrainingQueue {
 public:
  /// The board outlives the queue.
  TrainingQueue(const Board& board, std::vector<Request> requests)
      : board_(&board), requests_(std::move(requests)) {}

  /// The requests in their order, without the remaining ones of a trial that has diverged.
  std::optional<Request> next();
  /// Whether a request of the trial was given.
  bool begun(int trial) const;
  /// The shares of the requests that need no more work.
  double finished() const;
  /// The shares of all requests.
  double total() const;
  const std::vector<Request>& requests() const { return requests_; }

 private:
  const Board* board_;
  std::vector<Request> requests_;
  std::size_t next_ = 0;
};

}  // namespace ridgeline::selection
