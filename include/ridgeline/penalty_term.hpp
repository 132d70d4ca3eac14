#pragma once
// A penalty or a constraint on a whole parameter, such as group lasso. An application adds its own
// with register_penalty.

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

/// A parameter as a matrix in row-major order with a row for each output. Arrays of its size are
/// aligned to 64 bytes.
struct TermContext {
  std::int64_t rows, columns;
  double strength;                   ///< above 0
  const float* reference = nullptr;  ///< the initial weights, if wants_reference()
  std::span<double> memory = {};     ///< kept from step to step; at first zeros
  Parallel parallel = {};            ///< for loops over large parameters
  std::size_t size() const { return static_cast<std::size_t>(rows * columns); }
  std::size_t row_size() const { return static_cast<std::size_t>(columns); }
};

class PenaltyTerm {
 public:
  virtual ~PenaltyTerm() = default;
  virtual std::string_view name() const = 0;
  /// How many numbers TermContext::memory has for a parameter of so many rows and columns. They are
  /// saved in the checkpoint.
  virtual std::size_t memory(std::int64_t, std::int64_t) const { return 0; }
  virtual bool wants_reference() const { return false; }
  /// Whether map() needs the optimiser's metric. An optimiser without a metric refuses such a term.
  virtual bool wants_metric() const { return false; }
  /// The term's value, which is added to the objective.
  virtual double value(const TermContext&, const float*) const { return 0; }
  /// add_gradient adds the gradient of value() to the optimiser's gradient and returns the value.
  virtual bool has_gradient() const { return false; }
  virtual double add_gradient(const TermContext&, const float*, float*) const { return 0; }
  /// map changes the weights after the optimiser's step: a proximal map or a projection. If
  /// wants_metric(), it gets the step per unit of gradient of each weight.
  virtual bool has_map() const { return false; }
  virtual void map(const TermContext&, const float*, float*) const {}
};

/// Adds a penalty to Regularize::own and to [regularize] of the experiment file. There `NAME` is
/// its strength, a number or a schedule, and `NAME_OPTION` is one of its options. It applies to all
/// parameters that `exclude` does not name, and rules can set other strengths. The term's name()
/// must be the kind's name. Throws UsageError if the name is already known. Thread-safe.
using PenaltyFactory = std::function<std::unique_ptr<const PenaltyTerm>(const Attributes& options)>;
void register_penalty(Kind kind, PenaltyFactory factory);
/// All registered penalties.
std::vector<Kind> penalty_kinds();

}  // namespace ridgeline
