// Successive halving trains all candidates for a few epochs, keeps the best of them, trains these
// for more epochs, and so on (Jamieson and Talwalkar, "Non-stochastic best arm identification and
// hyperparameter optimization", AISTATS 2016). Hyperband runs several of them, which begin with
// more candidates and fewer epochs or the reverse (Li et al., "Hyperband", JMLR 18, 2018).
//
// A training that goes on continues from its checkpoint. After few epochs a weak λ looks best, and
// only later it loses: the race compares candidates after all epochs, on fewer images.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ridgeline/error.hpp"
#include "select/assignment.hpp"
#include "select/methods/method.hpp"
#include "select/methods/ranking.hpp"

namespace ridgeline::selection {
namespace {

// Candidates that are compared with each other alone.
struct Bracket {
  std::vector<int> trials;
  std::vector<int> epochs;  // of each rung; 0: all
};

// How many candidates a bracket begins with, and its rungs.
struct BracketPlan {
  int candidates = 0;
  std::vector<int> epochs;
};

class Halving : public Method {
 public:
  Halving(const SelectOptions& options, const SelectionTask& task)
      : options_(options), task_(task), sample_(sampler_of(options)) {
    check_partial_epochs(options);
  }

  std::vector<Request> next(Board& board) override {
    if (board.trials() == 0) begin(board);
    std::vector<Request> requests;
    for (Bracket& bracket : brackets_) {
      if (rung_ >= bracket.epochs.size()) continue;
      if (rung_ > 0) keep_best(board, bracket);
      for (const int trial : bracket.trials) {
        for (int fold = 1; fold <= options_.folds; ++fold) {
          requests.push_back({{trial, fold}, bracket.epochs[rung_]});
        }
      }
    }
    ++rung_;
    return requests;
  }

  std::vector<Request> later(const Board&) const override {
    std::vector<Request> all;
    for (const Bracket& bracket : brackets_) {
      std::size_t kept = bracket.trials.size();
      for (std::size_t r = rung_; r < bracket.epochs.size(); ++r) {
        kept = kept_of(kept);
        for (std::size_t i = 0; i < kept; ++i) {
          for (int fold = 1; fold <= options_.folds; ++fold) {
            all.push_back({{bracket.trials[i], fold}, bracket.epochs[r]});
          }
        }
      }
    }
    return all;
  }

 protected:
  double factor() const { return options_.factor; }
  // The epochs of a rung that comes `before` rungs before the last.
  int epochs_before(int epochs, int before) const {
    if (before == 0) return 0;
    return std::max(1, static_cast<int>(std::lround(epochs / std::pow(factor(), before))));
  }
  // How often `value` can be divided by the factor.
  int divisions(double value) const {
    return std::max(0, static_cast<int>(std::log(value) / std::log(factor()) + 1e-9));
  }
  virtual std::vector<BracketPlan> plan(int epochs) const {
    // Lists may have more or fewer candidates than were asked for.
    const int candidates = static_cast<int>(sample(options_.trials).size());
    const int rungs = std::min(divisions(candidates), divisions(epochs));
    BracketPlan only{.candidates = candidates};
    for (int before = rungs; before >= 0; --before) {
      only.epochs.push_back(epochs_before(epochs, before));
    }
    return {only};
  }

 private:
  std::vector<Assignment> sample(int count) const {
    return sample_({options_.over, count, options_.seed, task_.settle});
  }

  void begin(Board& board) {
    const int epochs = task_.cost ? task_.cost({}).epochs : 1;
    const std::vector<BracketPlan> plans = plan(epochs);
    int total = 0;
    for (const BracketPlan& p : plans) total += p.candidates;
    board.add(sample(total));
    int next = 1;
    for (const BracketPlan& p : plans) {
      Bracket bracket{.trials = {}, .epochs = p.epochs};
      // A grid of lists has all their values, and a search of few values has no more than these.
      const bool last = &p == &plans.back();
      for (int i = 0; (last || i < p.candidates) && next <= board.trials(); ++i) {
        bracket.trials.push_back(next++);
      }
      if (!bracket.trials.empty()) brackets_.push_back(std::move(bracket));
    }
  }

  std::size_t kept_of(std::size_t count) const {
    return static_cast<std::size_t>(std::ceil(static_cast<double>(count) / factor()));
  }

  void keep_best(Board& board, Bracket& bracket) {
    const std::vector<int> ranked = ranking(board, bracket.trials, options_.metric);
    const std::size_t kept = std::min(kept_of(bracket.trials.size()), ranked.size());
    for (std::size_t i = kept; i < ranked.size(); ++i) {
      const int trial = ranked[i];
      board.leave(trial);
      board.decide(
          {trial, fmt::format("{} left after epoch {}: number {} of {} candidates, and {} go on",
                              text(board.parameters(trial), options_.over),
                              board.folds(trial).front().epochs, i + 1, ranked.size(), kept)});
    }
    bracket.trials.assign(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(kept));
    std::ranges::sort(bracket.trials);
  }

  const SelectOptions& options_;
  const SelectionTask& task_;
  Sampler sample_;
  std::vector<Bracket> brackets_;
  std::size_t rung_ = 0;  // the next one
};

class Hyperband final : public Halving {
 public:
  using Halving::Halving;

 protected:
  std::vector<BracketPlan> plan(int epochs) const override {
    const int most = divisions(epochs);
    std::vector<BracketPlan> plans;
    for (int rungs = most; rungs >= 0; --rungs) {
      const double share = static_cast<double>(most + 1) / (rungs + 1);
      BracketPlan bracket{
          .candidates = static_cast<int>(std::ceil(share * std::pow(factor(), rungs) - 1e-9))};
      for (int before = rungs; before >= 0; --before) {
        bracket.epochs.push_back(epochs_before(epochs, before));
      }
      plans.push_back(std::move(bracket));
    }
    return plans;
  }
};

}  // namespace

void check_partial_epochs(const SelectOptions& options) {
  if (!(options.factor > 1) || !std::isfinite(options.factor)) {
    throw UsageError(fmt::format("select.factor must be above 1, not {}", options.factor));
  }
  if (options.over.contains("train.epochs")) {
    throw UsageError(
        fmt::format("select.method = {} compares candidates after the same epochs, so it cannot "
                    "search train.epochs: choose grid or bayes",
                    options.method));
  }
}

std::unique_ptr<Method> halving(const SelectOptions& options, const SelectionTask& task) {
  return std::make_unique<Halving>(options, task);
}

std::unique_ptr<Method> hyperband(const SelectOptions& options, const SelectionTask& task) {
  return std::make_unique<Hyperband>(options, task);
}

}  // namespace ridgeline::selection
