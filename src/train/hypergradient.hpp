#pragma once
// The slope of the validation loss over the logarithm of a penalty's strength, measured in one
// training: the hypergradient.
//
// Beside the weights w it follows z = dw / d(log strength), the derivative of the weights with
// respect to the strength of all steps so far, through the recurrence of the optimiser. The slope
// is the product of z and the gradient of the validation loss. The data loss's Hessian is left out
// of the recurrence: with it z grows without bound, because two trainings of a network that begin
// side by side drift apart (measured: by a factor of 10^12 in an epoch). See
//   Franceschi et al., Forward and Reverse Gradient-Based Hyperparameter Optimization, 1703.01785
//   Luketina et al., Scalable Gradient-Based Tuning of Continuous Regularization, 1511.06727

#include <memory>
#include <string>
#include <vector>

#include "data/loader.hpp"
#include "optimize/tangent.hpp"
#include "train/core.hpp"
#include "train/follower.hpp"

namespace ridgeline::train {

struct HypergradientOptions {
  std::string strength = "l2";  ///< "l2", "decay" or "independent_decay"
  /// The slope is measured after every `every` updates, from update `first` on.
  std::int64_t first = 0, every = 1;
  std::int64_t batch = 64;  ///< validation images for each measurement
  /// Each update multiplies z by 1 - 1 / memory, because the network forgets what earlier updates
  /// did. 0: z keeps all.
  std::int64_t memory = 0;
  std::uint64_t seed = 1;
};

/// Throws UsageError for what cannot be differentiated: other strengths, schedules of the strength,
/// other optimisers than sgd, adam and adamw, and Lookahead.
void check_hypergradient(const ModelCore& core, std::string_view strength);

class Hypergradient final : public Follower {
 public:
  /// The change of the validation loss for each unit of log strength; with its standard error.
  struct Slope {
    double mean = 0, error = 0;
  };

  /// Throws as check_hypergradient(). `core` must outlive it.
  Hypergradient(ModelCore& core, const Dataset& validation, HypergradientOptions options);

  void before_update(const engine::UpdateRule& rule) override;
  void after_update() override;
  void save(interop::SafetensorsWriter& file) const override;
  void load(const interop::Safetensors& file) override;

  /// Of all parameters together, and of one.
  Slope slope() const { return slope_of(core_.state.parameters().size()); }
  Slope slope(std::size_t parameter) const { return slope_of(parameter); }
  std::int64_t measured() const { return static_cast<std::int64_t>(sums_[0]); }

 private:
  Slope slope_of(std::size_t row) const;
  bool trained(std::size_t parameter) const;
  void follow(std::size_t parameter, const engine::UpdateRule& rule, float clip);
  float clip_of(const engine::UpdateRule& rule) const;
  void take_gradient();
  void gradient_of_validation();

  ModelCore& core_;
  HypergradientOptions options_;
  std::unique_ptr<const optimize::Tangent> tangent_;
  std::vector<Penalty> direct_;  // d(penalty of each parameter) / d(log strength)
  std::unique_ptr<data::Loader> validation_;
  // In the layout of the state's arena.
  std::vector<float> z_, gradient_;
  std::vector<std::vector<float>> dslots_;
  // The number of measurements; then for each parameter, and for all of them, the sum of the slopes
  // and of their squares.
  std::vector<double> sums_;
};

}  // namespace ridgeline::train
