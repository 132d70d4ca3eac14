#pragma once
// The methods of a selection: each decides which candidates are trained, on which folds, on what
// share of the images, and for how many epochs.

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "select/board.hpp"
#include "select/samplers/sampler.hpp"
#include "select/task.hpp"

namespace ridgeline::selection {

/// What a model chooses.
struct ModelChoice {
  Assignment chosen;
  double score = 0, standard_error = 0;  ///< as the model predicts them
  std::pair<double, double> tied;        ///< values that cannot be distinguished from the best
  int epochs = 0;                        ///< of the refit; 0: the median of the finished trials
  ModelCurve curve;
};

/// A method decides by what is on the board alone, rung by rung: the order in which the trainings
/// of a rung end plays no part. So a study that continues makes the same decisions again.
class Method {
 public:
  virtual ~Method() = default;
  /// The next rung: trainings that can run at the same time. Called when the rung before is
  /// finished. Empty: the selection has all that it needs.
  virtual std::vector<Request> next(Board& board) = 0;
  /// About what follows the present rung, for the plan and the progress.
  virtual std::vector<Request> later(const Board&) const { return {}; }
  /// What the method's model chooses by a rule, when there is no next rung. Empty: the rule chooses
  /// among the trials.
  virtual std::optional<ModelChoice> choose(const Board&, std::string_view /*rule*/) const {
    return {};
  }
};

/// SelectOptions::method. Both arguments outlive the method. Throws UsageError for an unknown name,
/// with the nearest known one.
std::unique_ptr<Method> make_method(const SelectOptions& options, const SelectionTask& task);

/// See evidence.cpp.
std::unique_ptr<Method> evidence(const SelectOptions& options, const SelectionTask& task);
/// See hypergradient.cpp.
std::unique_ptr<Method> hypergradient(const SelectOptions& options, const SelectionTask& task);
/// See path.cpp.
std::unique_ptr<Method> path(const SelectOptions& options, const SelectionTask& task);
/// See race.cpp.
std::unique_ptr<Method> race(const SelectOptions& options, const SelectionTask& task);
/// Trains every candidate of the sampler on every fold, on all images: "grid", "random".
std::unique_ptr<Method> exhaustive(const SelectOptions& options, const SelectionTask& task,
                                   Sampler sample);

}  // namespace ridgeline::selection
