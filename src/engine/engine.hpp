#pragma once
// The engine's face: a network, compiled for batches of any size, run on its own threads.
//
//   plan       what is computed and where it lies, compiled once per number of images
//   state      weights, optimiser slots and statistics: state.hpp
//   workspace  activations, one per shard
//
// A batch is split into `shards` of consecutive images; each shard is computed on one thread and
// has a gradient arena of its own. Sums over shards follow a fixed tree, so that results depend
// on the number of shards and not on the number of threads.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/conv_algorithm.hpp"
#include "engine/state.hpp"
#include "engine/update.hpp"
#include "ridgeline/compute.hpp"
#include "ridgeline/loss.hpp"
#include "ridgeline/network.hpp"

namespace ridgeline::engine {

struct Options {
  int threads = 0;         ///< 0: one per core that this process may run on
  int shards = 0;          ///< 0: one per thread; more fix the sums for more threads
  std::uint64_t seed = 1;  ///< of dropout and noise
  ComputeOptions compute = {};
  bool fused = true;  ///< convolutions and the pools after them in one step; false: each by oneDNN
  std::optional<Bf16Use> bf16_use = {};  ///< of oneDNN; by the CPU if absent
};

/// A batch in host memory.
struct Batch {
  std::int64_t images = 0;
  std::span<const float> inputs;  ///< images x channels x height x width
  Targets targets;
  std::span<const std::uint64_t> ids;  ///< identity of each image, for dropout; may be empty
  std::int64_t epoch = 0;              ///< for dropout
  /// Writes `count` images from `first` on into `inputs`: called by each thread for those that it
  /// is about to compute. Empty where they are there.
  std::function<void(std::int64_t first, std::int64_t count)> fill = {};
};

/// A step of a plan as it ran on one thread's images.
struct StepProfile {
  std::string name;
  std::string implementation;
  std::int64_t nominal_flops = 0;  ///< of the dense layer
  std::int64_t done_flops = 0;     ///< at most: entries that are 0 are skipped besides
  std::int64_t bytes = 0;          ///< of everything that it reads or writes
  double seconds = 0;              ///< the median
  bool with_previous = false;      ///< takes the images side by side with the step before
};
struct PlanProfile {
  std::vector<StepProfile> steps;   ///< of the first shard
  double seconds = 0;               ///< the median of all of it: with packing and waiting, without
                                    ///< the update
  std::int64_t update_flops = 0;    ///< that the update does for the first shard's images
  std::int64_t images = 0;          ///< of the first shard
  std::size_t arena_bytes = 0;      ///< activations and their gradients, a shard
  std::size_t unplanned_bytes = 0;  ///< the same if nothing shared memory
  std::size_t scratch_bytes = 0;    ///< inside steps, a shard
};

/// Where the values of the network's outputs go: images x outputs numbers, one span for each
/// output. Empty: nowhere.
class OutputBuffers {
 public:
  OutputBuffers() = default;
  OutputBuffers(std::span<float> only) {  // NOLINT: a network with one output takes one span
    if (!only.empty()) spans_.push_back(only);
  }
  OutputBuffers(std::vector<float>& only) : OutputBuffers(std::span(only)) {}  // NOLINT: likewise
  explicit OutputBuffers(std::vector<std::span<float>> all) : spans_(std::move(all)) {}

  bool empty() const { return spans_.empty(); }
  std::size_t size() const { return spans_.size(); }
  float* of(std::size_t output) const { return spans_[output].data(); }

 private:
  std::vector<std::span<float>> spans_;
};

/// Sums over the images of a batch.
struct LossSums {
  double loss = 0;
  double activity = 0;  ///< l2/2 |a|^2 + l1 |a|_1 of what goes through activity_regularization
};

/// Sums over what a layer gives for a batch.
struct ActivationSums {
  double square = 0, absolute = 0;
  double count = 0;             ///< of values
  std::vector<double> largest;  ///< absolute value of each channel or unit
};

/// Where training stands inside one update: how much of the gradient is there already.
struct Accumulation {
  double weight = 0;  ///< what the loss's sum is divided by: Loss::weight of the whole batch
  bool first = true;  ///< whether the gradient starts at zero
  bool last = true;   ///< whether update() is next; the batch's memory must stay until then
  double images = 0;  ///< of the whole batch, over which activity penalties are averaged; 0: these
};

class Engine {
 public:
  /// Throws UsageError where the layers do not fit the input, or one is unknown to the engine.
  Engine(Network network, const Shape& input, const Options& options = {});
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  const Network& network() const;
  const Layout& layout() const;
  const Options& options() const;  ///< with threads and shards resolved

  /// Fresh weights by `seed`, no optimiser slots.
  State initial_state(std::uint64_t seed) const;

  /// Forward and backward of a batch: the data gradient, with that of the activity penalties, is in
  /// the state afterwards. Returns the sums over the images; `values` become what the loss's head
  /// gave.
  LossSums gradient(State& state, const Batch& batch, const Loss& loss,
                    const Accumulation& accumulation, const OutputBuffers& values = {});
  /// One step of the optimiser, with the penalty, on the gradient in the state.
  UpdateReport update(State& state, const UpdateRule& rule);

  /// The sums over the images, without dropout, by running statistics.
  LossSums evaluate(State& state, const Batch& batch, const Loss& loss,
                    const OutputBuffers& values = {});
  /// The network's outputs: probabilities, where one ends in a softmax.
  void predict(State& state, const Batch& batch, const OutputBuffers& outputs);

  /// What each layer gives for the batch, as evaluated and in fp32, one per node. Computed layer by
  /// layer, so that the values of fused ones are there too.
  std::vector<ActivationSums> observe(State& state, const Batch& batch);

  /// What may compute each convolution in training.
  std::vector<ConvCandidates> convolutions() const;

  /// The gradient of parameter `index` in the state, in its plain layout.
  std::vector<float> gradient_of(const State& state, std::size_t index) const;

  /// Bytes that training in batches of so many images takes: the state with so many slots of the
  /// optimiser, gradients, activations, and copies of the weights. Compiles the plans for it.
  std::size_t training_bytes(std::int64_t images, Head head, int slots);

  /// One step of training on the batch (of evaluating it, where `training` is false), or several
  /// of which the medians count. The weights stay as they are.
  PlanProfile profile(State& state, const Batch& batch, const Loss& loss, bool training,
                      int repeats);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ridgeline::engine
