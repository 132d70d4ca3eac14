#pragma once
// A plan bound to memory. oneDNN's memory objects and argument lists are made once, so that a run
// allocates and looks up nothing.

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "engine/plan.hpp"
#include "engine/state.hpp"

namespace ridgeline::engine {

/// The addresses of a plan's tensors for one shard.
struct Bindings {
  const float* input = nullptr;         ///< this shard's images
  float* weights = nullptr;             ///< the state's arena
  const ArenaLayout* layout = nullptr;  ///< of weights and gradient
  std::span<float* const> packed;       ///< one per Plan::packed
  float* gradient = nullptr;            ///< this shard's arena
  std::byte* arena = nullptr;
  std::byte* scratch = nullptr;
};

class Workspace {
 public:
  explicit Workspace(std::shared_ptr<const Plan> plan);

  /// Sets the addresses of all arguments. Cheap if nothing has moved.
  void bind(const Bindings& bindings);
  /// Runs steps first .. last - 1 of the plan.
  void run(std::size_t first, std::size_t last, const ShardRun& run);
  /// The same on several threads. Each thread calls it with its share. The threads divide the steps
  /// that can be shared; the first thread runs all others. Threads beyond the number of parts only
  /// wait at the barriers, one before each step. Every part needs its own scratch memory.
  void run_shared(std::size_t first, std::size_t last, const ShardRun& run,
                  const std::function<void()>& barrier);

  const Plan& plan() const { return *plan_; }
  /// The address of a tensor since the last bind.
  const float* at(const Tensor& tensor) const {
    return static_cast<const float*>(address(tensor, bindings_));
  }

 private:
  struct Argument {
    Tensor tensor;
    dnnl::memory memory;  // for oneDNN's steps
    void* address = nullptr;
  };
  struct BoundStep {
    const Step* step = nullptr;
    std::vector<Argument> arguments;
    std::vector<dnnl_exec_arg_t> handles;  // oneDNN's steps
    std::vector<void*> operands;           // ours
    // Operands that hold only the current images, with the bytes of one image.
    std::vector<std::pair<std::size_t, std::size_t>> moving;
  };
  // Calls use(step, run with the current images) in order.
  template <typename Use>
  void for_steps(std::size_t first, std::size_t last, const ShardRun& run, Use use);
  // Moves such operands so that image run.begin is the first in their memory.
  static void move(BoundStep& step, std::span<void*> operands, const ShardRun& run);
  void* address(const Tensor& tensor, const Bindings& bindings) const;
  void run_step(BoundStep& step, std::span<void* const> operands, const ShardRun& run);

  std::shared_ptr<const Plan> plan_;
  dnnl::stream stream_;
  std::vector<BoundStep> steps_;
  Bindings bindings_;
};

}  // namespace ridgeline::engine
