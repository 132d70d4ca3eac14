#pragma once
// A plan bound to memory: oneDNN's memory objects and argument lists, made once, so that a run
// allocates and looks up nothing.

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
  /// Of one step, what the run's share says; nothing where another thread does all of it. The
  /// scratch memory must suffice for every part.
  void run_share(std::size_t step, const ShardRun& run);

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
  };
  void* address(const Tensor& tensor, const Bindings& bindings) const;
  void run_step(BoundStep& step, std::span<void* const> operands, const ShardRun& run);

  std::shared_ptr<const Plan> plan_;
  dnnl::stream stream_;
  std::vector<BoundStep> steps_;
  Bindings bindings_;
};

}  // namespace ridgeline::engine
