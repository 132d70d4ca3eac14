#pragma once
// The interface of the engine. It compiles a network for batches of any size and runs it on its own
// threads.
//
//   plan       the steps and the addresses of tensors, compiled once per number of images
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
  int shards = 0;          ///< 0: one per thread; fixes the order of sums for up to so many threads
  std::uint64_t seed = 1;  ///< for dropout and noise
  ComputeOptions compute = {};
  bool fused = true;  ///< whether to fuse layers; false: oneDNN computes each layer
  std::optional<Bf16Use> bf16_use = {};  ///< absent: as the CPU allows
};

/// A batch in host memory.
struct Batch {
  std::int64_t images = 0;
  std::span<const float> inputs;  ///< images x channels x height x width
  Targets targets;
  std::span<const std::uint64_t> ids;  ///< identity of each image, for dropout; may be empty
  std::int64_t epoch = 0;              ///< for dropout
  /// Writes `count` images from `first` on into `inputs`. Each thread calls it for the images that
  /// it computes next. Empty if `inputs` already has them.
  std::function<void(std::int64_t first, std::int64_t count)> fill = {};
};

/// A measured step of a plan, on one thread's images.
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

/// Memory for the values of the network's outputs: one span of images x outputs numbers for each
/// output. Empty: the values are not needed.
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

/// Loss and activity penalty, summed over the images of a batch.
struct LossSums {
  double loss = 0;
  double activity = 0;  ///< l2/2 |a|^2 + l1 |a|_1 of activity_regularization
};

/// Sums over the values that a layer gives for a batch.
struct ActivationSums {
  double square = 0, absolute = 0;
  double count = 0;             ///< of values
  std::vector<double> largest;  ///< absolute value of each channel or unit
};

/// The position of a batch among those of one update.
struct Accumulation {
  double weight = 0;  ///< the divisor of the loss's sum: Loss::weight of all batches of the update
  bool first = true;  ///< whether the gradient begins at zero
  bool last = true;   ///< whether update() is next; until then the batch's memory must be valid
  /// Of all batches of the update, for the mean of activity penalties; 0: this batch.
  double images = 0;
};

class Engine {
 public:
  /// Throws UsageError if the layers do not fit the input, or if the engine cannot compute one.
  Engine(Network network, const Shape& input, const Options& options = {});
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  const Network& network() const;
  const Layout& layout() const;
  const Options& options() const;  ///< with threads and shards resolved

  /// Fresh weights by `seed`, no optimiser slots.
  State initial_state(std::uint64_t seed) const;

  /// Computes forward and backward pass of a batch. Afterwards the state has the gradient of the
  /// data loss and the activity penalties. `values` become the outputs or logits that the loss
  /// reads.
  LossSums gradient(State& state, const Batch& batch, const Loss& loss,
                    const Accumulation& accumulation, const OutputBuffers& values = {});
  /// One step of the optimiser with the gradient in the state and the penalty.
  UpdateReport update(State& state, const UpdateRule& rule);

  /// The same sums without training: no dropout, running statistics, no gradient.
  LossSums evaluate(State& state, const Batch& batch, const Loss& loss,
                    const OutputBuffers& values = {});
  /// The network's outputs, for example probabilities after a softmax.
  void predict(State& state, const Batch& batch, const OutputBuffers& outputs);

  /// Sums over each layer's values for the batch, as in evaluation and in fp32, one per node.
  /// Layers are not fused, so that all values exist.
  std::vector<ActivationSums> observe(State& state, const Batch& batch);

  /// All convolutions with their possible algorithms in training.
  std::vector<ConvCandidates> convolutions() const;

  /// The gradient of parameter `index` in the state, in its plain layout.
  std::vector<float> gradient_of(const State& state, std::size_t index) const;

  /// The bytes for training with batches of so many images: the state with so many slots of the
  /// optimiser, gradients, activations, and copies of the weights. Compiles the plans.
  std::size_t training_bytes(std::int64_t images, Head head, int slots);

  /// Measures `repeats` steps of training on the batch, or of evaluation if not `training`, and
  /// gives the medians. The weights do not change.
  PlanProfile profile(State& state, const Batch& batch, const Loss& loss, bool training,
                      int repeats);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ridgeline::engine
