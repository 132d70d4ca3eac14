#pragma once
// A term of the penalty, or a constraint, that sees a whole parameter at a time. An application
// adds its own with register_penalty.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "ridgeline/attributes.hpp"
#include "ridgeline/option.hpp"
#include "ridgeline/parallel.hpp"

namespace ridgeline {

/// A parameter as a matrix in row-major order, a row for each output. Arrays of its size are
/// aligned to 64 bytes.
struct TermContext {
  std::int64_t rows, columns;
  double strength;                   ///< above 0
  const float* reference = nullptr;  ///< the weights that training began with, where it is wanted
  std::span<double> memory = {};     ///< what the term keeps from step to step: zeros at first
  Parallel parallel = {};            ///< for loops over large parameters
  std::size_t size() const { return static_cast<std::size_t>(rows * columns); }
  std::size_t row_size() const { return static_cast<std::size_t>(columns); }
};

class PenaltyTerm {
 public:
  virtual ~PenaltyTerm() = default;
  virtual std::string_view name() const = 0;
  /// Numbers kept for a parameter from step to step, in the checkpoint too.
  virtual std::size_t memory(std::int64_t, std::int64_t) const { return 0; }
  virtual bool wants_reference() const { return false; }
  /// Whether the optimiser's metric is needed: one that has none refuses the term.
  virtual bool wants_metric() const { return false; }
  /// What it adds to the objective.
  virtual double value(const TermContext&, const float*) const { return 0; }
  /// Adds the gradient of value() to the one that the optimiser sees, and gives the value.
  virtual bool has_gradient() const { return false; }
  virtual double add_gradient(const TermContext&, const float*, float*) const { return 0; }
  /// Moves the weights after the optimiser's step: a proximal map or a projection. `metric` is
  /// the step per unit of gradient of each weight, where it is wanted.
  virtual bool has_map() const { return false; }
  virtual void map(const TermContext&, const float*, float*) const {}
};

/// Makes a penalty known to Regularize::own and, by the kind's name, to [regularize] of the
/// experiment file: `NAME` is its strength, a number or a schedule, and `NAME_OPTION` each of its
/// options. It is on the parameters that `exclude` does not name; rules set other strengths. The
/// term's name() must be the kind's. Throws UsageError for a name that is known already.
/// Thread-safe.
using PenaltyFactory = std::function<std::unique_ptr<const PenaltyTerm>(const Attributes& options)>;
void register_penalty(Kind kind, PenaltyFactory factory);
/// The penalties that were registered.
std::vector<Kind> penalty_kinds();

}  // namespace ridgeline
