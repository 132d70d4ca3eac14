#pragma once
// The parts of a model: a network compiled by an engine, its state, and the settings of its
// training.

#include <cstdint>
#include <vector>

#include "engine/engine.hpp"
#include "objective/terms/terms.hpp"
#include "ridgeline/model.hpp"

namespace ridgeline::train {

struct ModelCore {
  /// Throws UsageError if network, input, loss, optimiser and penalty do not fit together.
  ModelCore(Network network, ModelOptions options);

  const Network& network() const { return engine.network(); }
  const Layout& layout() const { return engine.layout(); }
  std::int64_t outputs() const { return layout().output().elements(); }
  const Loss& loss() const { return *options.loss; }

  /// The penalty of each parameter, as in resolve(); none for frozen parameters.
  std::vector<Penalty> penalties(const Regularize& regularize) const;
  /// Throws UsageError for a strength that applies to no trained parameter.
  void check_reach() const;
  /// Replaces the penalties. Throws UsageError if they do not fit, and then changes nothing.
  void set_regularize(const Regularize& regularize);
  /// Copies the current weights for penalties that pull towards the initial weights, if there are
  /// such penalties and no copy yet.
  void keep_reference();
  /// The index of a parameter. Throws UsageError for an unknown name.
  std::size_t parameter(std::string_view name) const;
  /// Sets the number of shards of a run that is resumed.
  void set_shards(int shards);

  bool automatic_shards;  // whether options.shards was 0
  ModelOptions options;   // threads and shards resolved
  engine::Engine engine;
  engine::State state;
  std::vector<double> rate_factors;  // of each parameter; empty without rules
  objective::Terms terms;            // that options.regularize can ask for
  std::int64_t penalties_set = 0;    // how often options.regularize has changed
  Regularize in_force;               // options.regularize when the weights were last changed
  std::uint64_t weights_hash = 0;    // of what came from options.weights
  std::int64_t epochs_trained = 0;   // so that the next fit draws other random numbers

 private:
  void check_optimizer() const;
  /// Measures them, which takes time.
  void choose_kernels();
};

/// The parameters that the globs match. Throws UsageError for a glob that matches none.
std::vector<bool> frozen_ones(const std::vector<std::string>& globs,
                              const std::vector<Parameter>& parameters);

/// The engine's options for such a model. Throws UsageError for unknown kernels.
engine::Options engine_options(const ModelOptions& options);

}  // namespace ridgeline::train

namespace ridgeline {

struct Model::Impl : train::ModelCore {
  using ModelCore::ModelCore;
  explicit Impl(ModelCore core) : ModelCore(std::move(core)) {}
};

}  // namespace ridgeline
