#pragma once
// The derivative of an optimiser's steps with respect to a number that the gradients depend on, in
// forward mode: beside each weight, its derivative follows the same recurrence.

#include <cstddef>
#include <memory>

#include "ridgeline/optimizer.hpp"

namespace ridgeline::optimize {

/// A run of weights in a step. "dx" is the derivative of x.
struct TangentRun {
  std::size_t count;          ///< a multiple of 16, as in Optimizer::step
  const float* gradient;      ///< with the penalty's, as Optimizer::step gets it
  const float* const* slots;  ///< before the step
  const float* dgradient;
  float* const* dslots;  ///< become those after the step
  float* dstep;          ///< becomes the derivative of the step
};

class Tangent {
 public:
  virtual ~Tangent() = default;
  /// `info` is that of the step. Call it before the step.
  virtual void step(const StepInfo& info, const TangentRun& run) const = 0;
};

/// For gd, sgd, adam and adamw; null for others.
std::unique_ptr<const Tangent> tangent_of(const Optimizer& optimizer);

}  // namespace ridgeline::optimize
