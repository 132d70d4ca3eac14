#pragma once
// What a model consists of: a network compiled by an engine, its state, and what it is trained
// with.

#include <cstdint>
#include <vector>

#include "engine/engine.hpp"
#include "objective/terms/terms.hpp"
#include "ridgeline/model.hpp"

namespace ridgeline::train {

struct ModelCore {
  /// Throws UsageError where the network, the input, the loss, the optimiser and the penalty do not
  /// fit.
  ModelCore(Network network, ModelOptions options);

  const Network& network() const { return engine.network(); }
  const Layout& layout() const { return engine.layout(); }
  std::int64_t outputs() const { return layout().output().elements(); }
  const Loss& loss() const { return *options.loss; }

  /// What applies to each parameter, as resolve() has it; to frozen ones nothing.
  std::vector<Penalty> penalties(const Regularize& regularize) const;
  /// Throws UsageError for a strength that reaches no trained parameter.
  void check_reach() const;
  /// Other penalties from here on. Throws UsageError for what does not fit, and is then as before.
  void set_regularize(const Regularize& regularize);
  /// Keeps the weights as they are for the penalties that pull towards them, where there are any
  /// and none are kept.
  void keep_reference();
  /// The index of a parameter. Throws UsageError for an unknown name.
  std::size_t parameter(std::string_view name) const;
  /// Another order of summation, which a run to be resumed was begun with.
  void set_shards(int shards);

  bool automatic_shards;  // whether the number of shards was left to us
  ModelOptions options;   // threads and shards resolved
  engine::Engine engine;
  engine::State state;
  std::vector<double> rate_factors;  // of each parameter; empty without rules
  objective::Terms terms;            // that options.regularize can ask for
  std::int64_t penalties_set = 0;    // how often options.regularize has changed
  Regularize in_force;               // options.regularize when the weights were last changed
  std::uint64_t weights_hash = 0;    // of what came from options.weights
  std::int64_t epochs_trained = 0;   // so that a further fit draws other random numbers

 private:
  void check_optimizer() const;
};

/// Which parameters the globs name. Throws UsageError for one that names none.
std::vector<bool> frozen_ones(const std::vector<std::string>& globs,
                              const std::vector<Parameter>& parameters);

/// How the engine of such a model computes. Throws UsageError for kernels that there are not.
engine::Options engine_options(const ModelOptions& options);

}  // namespace ridgeline::train

namespace ridgeline {

struct Model::Impl : train::ModelCore {
  using ModelCore::ModelCore;
  explicit Impl(ModelCore core) : ModelCore(std::move(core)) {}
};

}  // namespace ridgeline
