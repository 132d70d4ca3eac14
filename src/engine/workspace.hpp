#pragma once
// A plan bound to memory: oneDNN's memory objects and argument lists, made once, so that a run
// allocates and looks up nothing.

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "engine/plan.hpp"
#include "engine/state.hpp"

namespace ridgeline::engine {

/// Where the tensors of a plan lie for one shard.
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

  /// Points every argument at its memory; cheap where nothing has moved.
  void bind(const Bindings& bindings);
  /// Steps first .. last - 1 of the plan.
  void run(std::size_t first, std::size_t last, const ShardRun& run);
  /// The same by several threads, each of which calls it with its share: a step that can be shared
  /// is, any other is the first part's. A part that there is not (as many as parts, or more) only
  /// keeps to the barriers, of which there is one before each step. The scratch memory must suffice
  /// for every part.
  void run_shared(std::size_t first, std::size_t last, const ShardRun& run,
                  const std::function<void()>& barrier);

  const Plan& plan() const { return *plan_; }
  /// Where a tensor lies, by the last bind.
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
    // Operands that hold only the images in hand, and the bytes of one.
    std::vector<std::pair<std::size_t, std::size_t>> moving;
  };
  // Calls use(step, run with the images in hand) in order.
  template <typename Use>
  void for_steps(std::size_t first, std::size_t last, const ShardRun& run, Use use);
  // Lets image run.begin of a moving operand be the first in its memory.
  static void move(BoundStep& step, std::span<void*> operands, const ShardRun& run);
  void* address(const Tensor& tensor, const Bindings& bindings) const;
  void run_step(BoundStep& step, std::span<void* const> operands, const ShardRun& run);

  std::shared_ptr<const Plan> plan_;
  dnnl::stream stream_;
  std::vector<BoundStep> steps_;
  Bindings bindings_;
};

}  // namespace ridgeline::engine
