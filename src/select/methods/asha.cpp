// Asynchronous successive halving: as soon as a worker is free, it trains a candidate further that
// is among the best third of those with as many epochs, or else a new candidate (Li et al., "A
// system for massively parallel hyperparameter tuning", MLSys 2020). No worker waits for the others
// of a rung.
//
// The original decides by the order in which trainings happen to end. Here each training takes as
// long as it has epochs, on a fixed number of workers, and the method decides by the order that
// follows. So a study that continues, on any machine, makes the same decisions again.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <queue>

#include "ridgeline/error.hpp"
#include "select/assignment.hpp"
#include "select/methods/method.hpp"
#include "select/methods/ranking.hpp"

namespace ridgeline::selection {
namespace {

constexpr std::size_t workers = 8;

struct Job {
  int trial = 0;
  std::size_t rung = 0;
};

struct Running {
  int end = 0;     // in epochs since the beginning
  int number = 0;  // of jobs that end at the same time, the first one is first
  Job job;
  bool operator>(const Running& other) const {
    return std::pair(end, number) > std::pair(other.end, other.number);
  }
};

struct Rung {
  int epochs = 0;             // of its trainings
  std::vector<int> finished;  // trials
  std::vector<int> promoted;
};

class Asha final : public Method {
 public:
  Asha(const SelectOptions& options, const SelectionTask& task)
      : options_(options), task_(task), sample_(sampler_of(options)) {
    check_partial_epochs(options);
  }

  std::vector<Request> next(Board& board) override {
    if (rungs_.empty()) begin(board);
    std::vector<Request> asked;
    for (;;) {
      start_jobs(board, asked);
      if (running_.empty()) break;
      const Running first = running_.top();
      if (!finished(board, first.job)) return asked;
      running_.pop();
      now_ = first.end;
      if (!board.diverged(first.job.trial)) {
        rungs_[first.job.rung].finished.push_back(first.job.trial);
      }
    }
    leave(board);
    return asked;
  }

  std::vector<Request> later(const Board& board) const override {
    std::vector<Request> all;
    double candidates = board.trials();
    for (std::size_t r = 0; r < rungs_.size(); ++r, candidates /= options_.factor) {
      const int known = static_cast<int>(rungs_[r].finished.size());
      for (int i = known; i < static_cast<int>(candidates); ++i) add_requests({1, r}, all);
    }
    return all;
  }

 private:
  void begin(Board& board) {
    board.add(sample_({options_.over, options_.trials, options_.seed, task_.settle}));
    const int epochs = task_.cost ? task_.cost({}).epochs : 1;
    const int rungs =
        std::max(0, static_cast<int>(std::log(epochs) / std::log(options_.factor) + 1e-9));
    for (int before = rungs; before >= 0; --before) {
      const double share = std::pow(options_.factor, -before);
      rungs_.push_back({.epochs = std::max(1, static_cast<int>(std::lround(epochs * share))),
                        .finished = {},
                        .promoted = {}});
    }
  }

  void add_requests(const Job& job, std::vector<Request>& requests) const {
    const bool last = job.rung + 1 == rungs_.size();
    for (int fold = 1; fold <= options_.folds; ++fold) {
      requests.push_back({{job.trial, fold}, last ? 0 : rungs_[job.rung].epochs});
    }
  }

  bool finished(const Board& board, const Job& job) const {
    if (board.diverged(job.trial)) return true;
    std::vector<Request> requests;
    add_requests(job, requests);
    return std::ranges::all_of(requests, [&](const Request& r) { return board.find(r); });
  }

  void start_jobs(Board& board, std::vector<Request>& asked) {
    while (running_.size() < workers) {
      const Job job = next_job(board);
      if (job.trial == 0) return;
      const int before = job.rung == 0 ? 0 : rungs_[job.rung - 1].epochs;
      running_.push({now_ + rungs_[job.rung].epochs - before, number_++, job});
      add_requests(job, asked);
    }
  }

  // A candidate of the highest rung that has one to train further, or a new one, or none: trial 0.
  Job next_job(Board& board) {
    for (std::size_t r = rungs_.size() - 1; r-- > 0;) {
      Rung& rung = rungs_[r];
      const std::vector<int> ranked = ranking(board, rung.finished, options_.metric);
      const auto most =
          static_cast<std::size_t>(static_cast<double>(ranked.size()) / options_.factor);
      for (std::size_t i = 0; i < most; ++i) {
        if (std::ranges::find(rung.promoted, ranked[i]) != rung.promoted.end()) continue;
        rung.promoted.push_back(ranked[i]);
        board.decide(
            {ranked[i], fmt::format("{} goes on to epoch {}: number {} of {} with {}",
                                    text(board.parameters(ranked[i]), options_.over),
                                    rungs_[r + 1].epochs, i + 1, ranked.size(), rung.epochs)});
        return {ranked[i], r + 1};
      }
    }
    if (begun_ < board.trials()) return {++begun_, 0};
    if (!running_.empty() || !rungs_.back().finished.empty()) return {};
    return best_of_highest_rung(board);
  }

  // A few candidates have no best third. Their best one is trained further nevertheless, since only
  // a candidate with all epochs can be chosen.
  Job best_of_highest_rung(const Board& board) const {
    for (std::size_t r = rungs_.size() - 1; r-- > 0;) {
      const std::vector<int> ranked = ranking(board, rungs_[r].finished, options_.metric);
      if (!ranked.empty()) return {ranked.front(), r + 1};
    }
    return {};
  }

  void leave(Board& board) {
    for (int trial = 1; trial <= board.trials(); ++trial) {
      if (!board.whole(trial) && !board.diverged(trial)) board.leave(trial);
    }
  }

  const SelectOptions& options_;
  const SelectionTask& task_;
  Sampler sample_;
  std::vector<Rung> rungs_;  // from the fewest epochs
  std::priority_queue<Running, std::vector<Running>, std::greater<>> running_;
  int now_ = 0, number_ = 0, begun_ = 0;
};

}  // namespace

std::unique_ptr<Method> asha(const SelectOptions& options, const SelectionTask& task) {
  return std::make_unique<Asha>(options, task);
}

}  // namespace ridgeline::selection
