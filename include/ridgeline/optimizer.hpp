#pragma once
// What an optimiser is; optimizers.hpp has the kinds. The order in a step is one for all: data
// gradient, clip, add the coupled penalty's gradient, optimiser step with decoupled decay, proximal
// L1, constraints.

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

/// How much of the model an optimiser must see at once.
enum class Scope {
  element,  ///< every weight by itself: any run of them, inside the one pass over memory
  tensor,   ///< a parameter at a time, as a matrix (LARS, LAMB, Muon)
  model,    ///< all parameters at once, one behind the other (L-BFGS)
};

/// One step on a run of weights. The engine owns the weights and the slots.
struct StepInfo {
  double learning_rate;
  std::int64_t step;  ///< 1 for the first update
  // For Scope::tensor and Scope::model alone. A kernel is a matrix with a row an output (filter or
  // unit), everything else is a single row; the numbers behind rows * columns are padding. For
  // Scope::model all parameters are a single row, padding included, whose role says nothing.
  const float* weights = nullptr;  ///< before the step
  Role role = Role::kernel;
  std::int64_t rows = 1, columns = 0;
  Parallel parallel = {};  ///< for loops over large parameters, where threads are free for them
};

class Optimizer {
 public:
  virtual ~Optimizer() = default;
  virtual std::string_view kind() const = 0;
  /// Everything but the learning rate, which is a schedule beside it.
  virtual Attributes attributes() const = 0;
  /// Numbers of state per weight, all zero at the start: 0 for plain SGD, 1 for momentum, 2 for
  /// Adam.
  virtual int slots() const = 0;
  /// What one call of `step` is given.
  virtual Scope scope() const { return Scope::element; }
  /// Whether `metric` is known, which the proximal L1 step needs.
  virtual bool has_metric() const { return true; }
  /// From the gradient (penalty included) and the slots, which it advances, the `step` to be
  /// taken off the weights. Where `metric` is not null it becomes the step per unit of gradient
  /// in the optimiser's own metric: lr for SGD, lr / (1 - momentum), lr / (sqrt(v^) + eps).
  /// For Scope::element pure per element. Called from several threads at once on different runs.
  /// `count` is a multiple of 16 and all arrays are aligned to 64 bytes: the engine pads with
  /// zeros, for which the step must be zero.
  virtual void step(const StepInfo& info, std::size_t count, const float* gradient,
                    float* const* slots, float* step, float* metric) const = 0;
};

/// Slow weights around any optimiser (Zhang et al., arXiv 1907.08610). They begin as the weights
/// do; every `interval` updates slow += alpha * (weights - slow), and weights = slow. The
/// optimiser's slots go on.
struct Lookahead {
  std::int64_t interval = 0;  ///< 0: none
  double alpha = 0.5;         ///< in (0, 1]

  /// Throws UsageError for numbers out of range.
  void check() const;
  friend bool operator==(const Lookahead&, const Lookahead&) = default;
};

/// An optimiser and its learning rate, as the experiment's [optimizer] section has them.
struct OptimizerSetting {
  std::shared_ptr<const Optimizer> optimizer;
  Schedule learning_rate;
  double clip_norm = 0;   ///< the largest norm of the whole data gradient; 0: none
  double clip_value = 0;  ///< the largest absolute value of one number of it; 0: none
  bool full_batch =
      false;  ///< one update an epoch, gradients summed over micro-batches: GD, L-BFGS
  Lookahead lookahead;
};

/// "sgd", "adam", ...: the kinds of optimizers.hpp as the experiment file names them. Throws
/// UsageError for an unknown kind or attribute, with the nearest known one, and for values out of
/// range.
std::shared_ptr<const Optimizer> make_optimizer(std::string_view kind,
                                                const Attributes& attributes = {});
/// A kind with everything at its default: its attributes, its learning rate, its way with batches.
/// Throws UsageError for an unknown kind.
OptimizerSetting default_optimizer(std::string_view kind);
/// Makes a kind of optimiser, and its learning rate where none is given, known to the two above and
/// to `optimizer.kind` of the experiment file, and its options to [optimizer]. The factory is given
/// all of them, checked. `full_batch`: as OptimizerSetting has it. Throws UsageError for a kind
/// that is known already. Thread-safe.
using OptimizerFactory = std::function<std::shared_ptr<const Optimizer>(const Attributes& options)>;
void register_optimizer(Kind kind, OptimizerFactory factory, double learning_rate = 1e-3,
                        bool full_batch = false);
/// All kinds of optimisers, the built-in ones first.
std::vector<Kind> optimizer_kinds();

}  // namespace ridgeline
