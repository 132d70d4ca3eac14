#pragma once
// The methods of a selection: each decides which candidates are trained, on which folds, on what
// share of the images, and for how many epochs.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "select/board.hpp"
#include "select/samplers/sampler.hpp"
#include "select/task.hpp"

namespace ridgeline::selection {

/// What a model chooses.
struct ModelChoice {
  Assignment chosen;
  double score = 0, standard_error = 0;  ///< as the model predicts them
  /// For one ordered key: the range of values that cannot be distinguished from the best.
  std::optional<std::pair<double, double>> tied = {};
  int epochs = 0;  ///< of the refit; 0: the median of the finished trials
  std::optional<ModelCurve> curve = {};
};

/// A method decides by what is on the board alone, rung by rung: the order in which the trainings
/// of a rung end plays no part. So a study that continues makes the same decisions again.
class Method {
 public:
  virtual ~Method() = default;
  /// The next rung: trainings that can run at the same time. Called when the rung before is
  /// finished. Empty: the selection has all that it needs.
  virtual std::vector<Request> next(Board& board) = 0;
  /// Whether the first rung has all trainings.
  virtual bool plans_all() const { return false; }
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

std::vector<std::string> method_names();
/// Whether the candidates come from SelectOptions::sampler.
bool takes_sampler(const SelectOptions& options);
/// Whether SelectOptions::trials can change anything. A grid of lists has all their values.
bool takes_trials(const SelectOptions& options);
/// Whether the method trains every candidate on all folds and images.
bool is_exhaustive(std::string_view method);
/// Whether the method compares candidates before their last epoch, and keeps one in
/// SelectOptions::factor.
bool takes_factor(std::string_view method);
/// Whether the number of candidates follows from the epochs, in place of SelectOptions::trials.
bool follows_epochs(std::string_view method);
/// What the method needs of each training, in addition to its metrics.
Measure measure_of(std::string_view method);
/// Whether a search is over one key with a range that is wide enough for a curve of scores.
bool is_curve(const SearchSpace& over);

// Each is described where it is defined.
std::unique_ptr<Method> evidence(const SelectOptions& options, const SelectionTask& task);
std::unique_ptr<Method> hypergradient(const SelectOptions& options, const SelectionTask& task);
std::unique_ptr<Method> path(const SelectOptions& options, const SelectionTask& task);
/// The race of one key with a range; candidate_race() for all other searches.
std::unique_ptr<Method> race(const SelectOptions& options, const SelectionTask& task);
std::unique_ptr<Method> candidate_race(const SelectOptions& options, const SelectionTask& task);
std::unique_ptr<Method> asha(const SelectOptions& options, const SelectionTask& task);
std::unique_ptr<Method> halving(const SelectOptions& options, const SelectionTask& task);
std::unique_ptr<Method> hyperband(const SelectOptions& options, const SelectionTask& task);
std::unique_ptr<Method> bayes(const SelectOptions& options, const SelectionTask& task);
std::unique_ptr<Method> tpe(const SelectOptions& options, const SelectionTask& task);
/// For methods that compare candidates before their last epoch. Throws UsageError for a factor that
/// is not above 1, and if train.epochs is searched.
void check_partial_epochs(const SelectOptions& options);
/// Trains every candidate of the sampler on every fold, on all images: "grid", "random", "sobol".
std::unique_ptr<Method> exhaustive(const SelectOptions& options, const SelectionTask& task,
                                   Sampler sample);

}  // namespace ridgeline::selection
