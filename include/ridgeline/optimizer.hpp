#pragma once
// The interface of optimisers; optimizers.hpp has the kinds. All share the order of a step: data
// gradient, clipping, gradient of the coupled penalty, optimiser step with decoupled decay,
// proximal L1, constraints.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ridgeline/attributes.hpp"
#include "ridgeline/layer.hpp"
#include "ridgeline/option.hpp"
#include "ridgeline/parallel.hpp"
#include "ridgeline/schedule.hpp"

namespace ridgeline {

/// What an optimiser must see at once.
enum class Scope {
  element,  ///< single weights: it gets any run of weights in the one pass over memory
  tensor,   ///< one parameter, as a matrix (LARS, LAMB, Muon)
  model,    ///< all parameters, one after the other in memory (L-BFGS)
};

/// One step on a run of weights. The engine owns the weights and the slots.
struct StepInfo {
  double learning_rate;
  std::int64_t step;  ///< 1 for the first update
  // Only for Scope::tensor and Scope::model. A kernel is a matrix with a row for each output
  // (filter or unit); any other parameter is a single row. Numbers after rows * columns are
  // padding. For Scope::model all parameters with their padding are a single row, and `role` has no
  // meaning.
  const float* weights = nullptr;  ///< before the step
  Role role = Role::kernel;
  std::int64_t rows = 1, columns = 0;
  Parallel parallel = {};  ///< for loops over large parameters, if threads are free
};

class Optimizer {
 public:
  virtual ~Optimizer() = default;
  virtual std::string_view kind() const = 0;
  /// All settings except the learning rate, which is a schedule of its own.
  virtual Attributes attributes() const = 0;
  /// Numbers of state per weight, all zero at the start: 0 for plain SGD, 1 for momentum, 2 for
  /// Adam.
  virtual int slots() const = 0;
  /// What one call of `step` gets.
  virtual Scope scope() const { return Scope::element; }
  /// Whether `step` gives `metric`, which the proximal L1 step needs.
  virtual bool has_metric() const { return true; }
  /// Computes `step`, which is subtracted from the weights, from the gradient (with the penalty's)
  /// and updates the slots. If `metric` is not null, it becomes the step per unit of gradient: lr
  /// for SGD, lr / (1 - momentum), lr / (sqrt(v^) + eps). For Scope::element each element depends
  /// only on itself. Several threads call it at once for different runs. `count` is a multiple of
  /// 16 and all arrays are aligned to 64 bytes. The engine pads with zeros, for which the step must
  /// be zero.
  virtual void step(const StepInfo& info, std::size_t count, const float* gradient,
                    float* const* slots, float* step, float* metric) const = 0;
};

/// Slow weights for any optimiser (Zhang et al., arXiv 1907.08610). They begin with the initial
/// weights. Every `interval` updates, slow += alpha * (weights - slow) and weights = slow. The
/// optimiser's slots do not change.
struct Lookahead {
  std::int64_t interval = 0;  ///< 0: none
  double alpha = 0.5;         ///< in (0, 1]

  /// Throws UsageError for numbers out of range.
  void check() const;
  friend bool operator==(const Lookahead&, const Lookahead&) = default;
};

/// An optimiser with its learning rate and clipping: the [optimizer] section of an experiment file.
struct OptimizerSetting {
  std::shared_ptr<const Optimizer> optimizer;
  Schedule learning_rate;
  double clip_norm = 0;     ///< the largest norm of the whole data gradient; 0: no limit
  double clip_value = 0;    ///< the largest absolute value in it; 0: no limit
  bool full_batch = false;  ///< one update per epoch, summed over micro-batches: GD, L-BFGS
  Lookahead lookahead;
};

/// "sgd", "adam", ...: the names of the experiment file for the kinds of optimizers.hpp. Throws
/// UsageError for an unknown kind or attribute, with the nearest known one, and for values out of
/// range.
std::shared_ptr<const Optimizer> make_optimizer(std::string_view kind,
                                                const Attributes& attributes = {});
/// A kind with all settings at their defaults: attributes, learning rate and `full_batch`. Throws
/// UsageError for an unknown kind.
OptimizerSetting default_optimizer(std::string_view kind);
/// Adds a kind of optimiser to the two functions above and to `optimizer.kind` of the experiment
/// file, and its options to [optimizer]. `learning_rate` is the default rate, and `full_batch` is
/// as in OptimizerSetting. The factory gets all options, checked. Throws UsageError if the kind is
/// already known. Thread-safe.
using OptimizerFactory = std::function<std::shared_ptr<const Optimizer>(const Attributes& options)>;
void register_optimizer(Kind kind, OptimizerFactory factory, double learning_rate = 1e-3,
                        bool full_batch = false);
/// All kinds of optimisers, the built-in ones first.
std::vector<Kind> optimizer_kinds();

}  // namespace ridgeline
