#pragma once
// Copies of a state's parameters in the layouts that plans compute with, made anew when the
// weights have changed.

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
  /// Makes room for what `plan` needs; one address per Plan::packed.
  std::span<float* const> require(const Plan& plan, const State& state);
  /// Within the team's work: brings every copy up to the state's version, each on one thread.
  /// Whoever needs them waits for the team's barrier.
  void refresh(const State& state, int thread, int threads);
  bool stale(const State& state) const { return version_ != state.version(); }
  void set_fresh(const State& state) { version_ = state.version(); }

 private:
  struct Copy {
    Packed packed;
    Buffer<float> buffer;
    const float* weights;
    Buffer<float> folded;  // what weights points to, where they are folded
    std::vector<const float*> parameters;
    dnnl::reorder primitive;  // where packing is oneDNN's
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
