#pragma once
// Copies of a state's parameters in the layouts of plans. They are made again when the weights have
// changed.

#include <list>
#include <map>
#include <memory>
#include <vector>

#include "engine/plan.hpp"
#include "engine/state.hpp"
#include "engine/team.hpp"

namespace ridgeline::engine {

class PackedCopies {
 public:
  /// Allocates the copies for `plan`. Returns one address for each Plan::packed.
  std::span<float* const> require(const Plan& plan, const State& state);
  /// Updates all copies, each on one thread. Call it within the team's work, and wait for the
  /// team's barrier before use.
  void refresh(const State& state, int thread, int threads);
  bool stale(const State& state) const { return version_ != state.version(); }
  void set_fresh(const State& state) { version_ = state.version(); }

 private:
  struct Copy {
    Packed packed;
    Buffer<float> buffer;
    const float* weights;
    Buffer<float> folded;  // the target of `weights` if parameters are folded
    std::vector<const float*> parameters;
    dnnl::reorder primitive;  // if oneDNN makes the copy
    dnnl::memory from, to;
    Buffer<std::byte> scratch;
    dnnl::memory scratch_memory;
  };
  Copy& find_or_make(const Packed& packed, const State& state);

  std::list<Copy> copies_;
  std::map<const Plan*, std::vector<float*>> addresses_;
  std::uint64_t version_ = 0;
};

}  // namespace ridgeline::engine
