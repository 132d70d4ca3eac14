#pragma once
// Methods that choose each next candidate by the scores of all before it.

#include <vector>

#include "select/methods/method.hpp"
#include "select/samplers/space.hpp"

namespace ridgeline::selection {

/// A candidate that was trained on all folds.
struct Tried {
  int trial = 0;
  UnitPoint point;   ///< of the search's Space
  double score = 0;  ///< lower is better; the worst score of all if it diverged
  double error = 0;  ///< of a difference between two candidates, over the folds; 0: not known
};

class Sequential : public Method {
 public:
  Sequential(const SelectOptions& options, const SelectionTask& task)
      : options_(options),
        search_{options.over, options.trials, options.seed, task.settle},
        space_(search_) {}

  /// Begins with points of Sobol's sequence. Then it asks for `at_once` candidates at a time: this
  /// number does not depend on the machine, so the results do not either.
  std::vector<Request> next(Board& board) override;
  std::vector<Request> later(const Board& board) const override;

 protected:
  static constexpr int at_once = 2;

  /// A point to try next. `tried`: at least one.
  virtual UnitPoint propose(const std::vector<Tried>& tried, int number) const = 0;
  std::vector<Tried> tried(const Board& board) const;
  const SelectOptions& options() const { return options_; }
  const Space& space() const { return space_; }

 private:
  std::vector<Request> requests(const Board& board, int first) const;
  int first_count() const;

  const SelectOptions& options_;
  Search search_;
  Space space_;
};

}  // namespace ridgeline::selection
