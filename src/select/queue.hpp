#pragma once
// The order of the trainings of a rung. Several run at a time.

#include <deque>
#include <optional>
#include <vector>

#include "select/board.hpp"

namespace ridgeline::selection {

class TrainingQueue {
 public:
  /// The board outlives the queue.
  TrainingQueue(const Board& board, std::vector<Request> requests)
      : board_(&board), requests_(std::move(requests)) {}

  /// The requests in their order, and then those that were put off. A request is left out if one of
  /// the same trial before it has diverged.
  std::optional<Request> next();
  /// Gives a request again, after all others.
  void put_off(const Request& request) { put_off_.push_back(request); }
  /// Whether only requests are left that were put off.
  bool only_put_off() const { return next_ == requests_.size(); }
  /// Whether a request of the trial was given.
  bool begun(int trial) const;
  /// The shares of the requests that need no more work.
  double finished() const;
  /// The shares of all requests.
  double total() const;
  const std::vector<Request>& requests() const { return requests_; }

 private:
  bool left_out(const Request& request) const;

  const Board* board_;
  std::vector<Request> requests_;
  std::size_t next_ = 0;
  std::deque<Request> put_off_;
};

}  // namespace ridgeline::selection
