#pragma once
// What a model consists of: a network compiled by an engine, its state, and what it is trained
// with.

#include <cstdint>
#include <vector>

#include "engine/engine.hpp"
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

  /// What applies to each parameter for that base l2; to frozen ones nothing.
  std::vector<Penalty> penalties(double l2) const;
  /// The index of a parameter. Throws UsageError for an unknown name.
  std::size_t parameter(std::string_view name) const;
  /// Another order of summation, which a run to be resumed was begun with.
  void set_shards(int shards);

  bool automatic_shards;  // whether the number of shards was left to us
  ModelOptions options;   // threads and shards resolved
  engine::Engine engine;
  engine::State state;
  double base_l2;                   // in force when the weights were last changed
  std::uint64_t weights_hash = 0;   // of what came from options.weights
  std::int64_t epochs_trained = 0;  // so that a further fit draws other random numbers
};

/// How the engine of such a model computes. Throws UsageError for kernels that there are not.
engine::Options engine_options(const ModelOptions& options);

}  // namespace ridgeline::train

namespace ridgeline {

struct Model::Impl : train::ModelCore {
  using ModelCore::ModelCore;
  explicit Impl(ModelCore core) : ModelCore(std::move(core)) {}
};

}  // namespace ridgeline
