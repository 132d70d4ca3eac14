// The race between given candidates: of several keys, or of a list. Without an order of the values
// there is no curve to model. So the race trains all candidates for all epochs on a share of the
// images of the first fold, keeps those that cannot be told from the best, doubles the share, and
// so on. Those that remain are trained on one more fold at a time, until one is better than the
// others by more than a standard error, or all folds are trained.
//
// All trainings of a fold have the same initial weights and batches, so the differences between
// candidates are paired.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "select/assignment.hpp"
#include "select/methods/method.hpp"
#include "select/methods/ranking.hpp"
#include "select/methods/shares.hpp"
#include "select/score.hpp"
#include "select/share_text.hpp"

namespace ridgeline::selection {
namespace {

constexpr double tied_errors = 2;      // on a share, standard errors of a difference
constexpr std::size_t most_whole = 3;  // candidates that are trained on all images

class CandidateRace final : public Method {
 public:
  CandidateRace(const SelectOptions& options, const SelectionTask& task)
      : options_(options), task_(task), sample_(sampler_of(options)), share_(first_share(task)) {}

  std::vector<Request> next(Board& board) override {
    if (board.trials() == 0) {
      board.add(sample_({options_.over, options_.trials, options_.seed, task_.settle}));
      for (int trial = 1; trial <= board.trials(); ++trial) racing_.push_back(trial);
      return requests();
    }
    if (share_ < 1) {
      keep(board, tied_errors, share_ == 0.5 ? most_whole : (racing_.size() + 1) / 2);
      share_ *= 2;
    } else {
      keep(board, 1, most_whole);
      if (racing_.size() < 2 || fold_ >= options_.folds) return {};
      ++fold_;
    }
    return requests();
  }

  std::vector<Request> later(const Board&) const override {
    std::vector<Request> all;
    std::size_t kept = racing_.size();
    double share = share_;
    while (share < 1) {
      share *= 2;
      kept = std::min(kept, share == 1 ? most_whole : (kept + 1) / 2);
      for (std::size_t i = 0; i < kept; ++i) all.push_back({{racing_[i], 1, share}});
    }
    return all;
  }

 private:
  std::vector<Request> requests() const {
    std::vector<Request> all;
    for (const int trial : racing_) all.push_back({{trial, fold_, share_}});
    return all;
  }

  // Keeps the best, and at most `most` candidates that are not worse by more than so many standard
  // errors.
  void keep(Board& board, double errors, std::size_t most) {
    const std::vector<int> ranked = ranking(board, racing_, options_.metric);
    racing_.clear();
    for (std::size_t i = 0; i < ranked.size(); ++i) {
      const MeanAndError worse = worse_than(board, ranked[i], ranked[0]);
      if (i == 0 || (i < most && worse.mean <= errors * worse.standard_error)) {
        racing_.push_back(ranked[i]);
        continue;
      }
      board.leave(ranked[i]);
      board.decide(
          {ranked[i], fmt::format("{} left on {}: worse than {} by {:.2g} +- {:.2g}",
                                  text(board.parameters(ranked[i]), options_.over), where(),
                                  text(board.parameters(ranked[0]), options_.over), worse.mean,
                                  worse.standard_error)});
    }
    std::ranges::sort(racing_);
  }

  std::string where() const {
    return fold_ == 1 ? images_text(share_) : fmt::format("{} folds", fold_);
  }

  // How much worse a trial is than the best one. An error that is not known counts as 0.
  MeanAndError worse_than(const Board& board, int trial, int best) const {
    MeanAndError worse = paired_difference(board, trial, best);
    worse.mean = std::abs(worse.mean);  // the best has the better mean
    if (!std::isfinite(worse.standard_error)) worse.standard_error = 0;
    return worse;
  }

  const SelectOptions& options_;
  const SelectionTask& task_;
  Sampler sample_;
  double share_;
  int fold_ = 1;
  std::vector<int> racing_;
};

}  // namespace

std::unique_ptr<Method> candidate_race(const SelectOptions& options, const SelectionTask& task) {
  return std::make_unique<CandidateRace>(options, task);
}

}  // namespace ridgeline::selection
