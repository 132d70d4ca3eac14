#pragma once
// The state is what training changes: weights, optimiser slots, running statistics. Layouts are
// plain (OIHW, [out, in]), so a state can be saved, averaged or moved without a plan.

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ridgeline/network.hpp"
#include "tensor/buffer.hpp"

namespace ridgeline::engine {

/// A number of floats, rounded up to whole cache lines: 16 floats, which is also the widest vector.
constexpr std::size_t padded(std::size_t floats) {
  return (floats + 15) / 16 * 16;
}

/// The place of each parameter in an arena: offsets in floats, each at the start of a cache line.
struct ArenaLayout {
  std::vector<std::size_t> offsets;  ///< one per parameter; statistics follow the trainable ones
  std::vector<std::size_t> sizes;
  std::size_t trainable = 0;  ///< floats of the trainable part, padding included
  std::size_t total = 0;
};
ArenaLayout arena_layout(const std::vector<Parameter>& parameters);

class PackedCopies;

class State {
 public:
  explicit State(std::vector<Parameter> parameters);
  State(State&&) noexcept = default;
  State& operator=(State&&) noexcept = default;
  State copy() const;

  const std::vector<Parameter>& parameters() const { return parameters_; }
  const ArenaLayout& arena() const { return arena_; }

  std::span<float> weights(std::size_t parameter);
  std::span<const float> weights(std::size_t parameter) const;
  /// Slot `slot` of the optimiser for a trainable parameter.
  std::span<float> slot(int slot, std::size_t parameter);
  std::span<const float> slot(int slot, std::size_t parameter) const;
  int slots() const { return static_cast<int>(slots_.size()); }
  /// Adds slots of zeros until there are `count`.
  void require_slots(int count);

  std::int64_t step = 0;     ///< updates done
  std::vector<bool> frozen;  ///< per parameter: neither updated, nor penalised, nor counted
  /// The memory of penalty terms, by "TERM/PARAMETER".
  std::map<std::string, std::vector<double>> memory;

  /// The initial weights, in the layout of the trainable part. Empty before keep_reference().
  Buffer<float>& reference_arena() { return reference_; }
  const Buffer<float>& reference_arena() const { return reference_; }
  /// Copies the current weights to the reference, if there is none yet.
  void keep_reference();
  void drop_reference() { reference_ = {}; }

  /// Call after writing to weights(): the engine then makes its packed copies again.
  void touch() { ++version_; }
  std::uint64_t version() const { return version_; }

  Buffer<float>& weight_arena() { return weights_; }
  const Buffer<float>& weight_arena() const { return weights_; }
  Buffer<float>& gradient_arena() { return gradient_; }
  const Buffer<float>& gradient_arena() const { return gradient_; }
  std::vector<Buffer<float>>& slot_arenas() { return slots_; }
  /// The engine's copies in the layouts of its plans. The engine makes them on first use.
  std::shared_ptr<PackedCopies>& packed() { return packed_; }

 private:
  std::vector<Parameter> parameters_;
  ArenaLayout arena_;
  Buffer<float> weights_;   // arena_.total: statistics too
  Buffer<float> gradient_;  // arena_.trainable: the sum over shards
  std::vector<Buffer<float>> slots_;
  Buffer<float> reference_;
  std::shared_ptr<PackedCopies> packed_;
  std::uint64_t version_ = 1;
};

}  // namespace ridgeline::engine
