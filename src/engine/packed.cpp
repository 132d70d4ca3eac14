#include "engine/packed.hpp"

namespace ridgeline::engine {

PackedCopies::Copy& PackedCopies::find_or_make(const Packed& packed, const State& state) {
  for (Copy& copy : copies_) {
    if (same_copy(copy.packed, packed)) return copy;
  }
  version_ = 0;
  Copy copy;
  copy.packed = packed;
  copy.buffer = Buffer<float>((packed.to.get_size() + 3) / 4);
  auto* weights = const_cast<float*>(state.weights(packed.parameter).data());
  if (packed.fold.make) {
    copy.folded = Buffer<float>(packed.from.get_size() / sizeof(float));
    weights = copy.folded.data();
    for (const std::size_t p : packed.fold.parameters) {
      copy.parameters.push_back(state.weights(p).data());
    }
  }
  copy.weights = weights;
  if (packed.pack) return copies_.emplace_back(std::move(copy));
  const dnn::SingleThread single;  // a primitive always uses the threads that it was made with
  const auto desc = dnn::call([&] { return dnn::reorder(packed.from, packed.to); });
  copy.primitive = dnn::call([&] { return dnnl::reorder(desc); });
  copy.from = dnnl::memory(packed.from, dnn::cpu(), weights);
  copy.to = dnnl::memory(packed.to, dnn::cpu(), copy.buffer.data());
  const auto scratch = desc.scratchpad_desc();
  copy.scratch = Buffer<std::byte>(scratch.get_size());
  copy.scratch_memory = dnnl::memory(scratch, dnn::cpu(), copy.scratch.data());
  return copies_.emplace_back(std::move(copy));
}

std::span<float* const> PackedCopies::require(const Plan& plan, const State& state) {
  auto [found, is_new] = addresses_.try_emplace(&plan);
  if (is_new) {
    for (const Packed& packed : plan.packed) {
      found->second.push_back(find_or_make(packed, state).buffer.data());
    }
  }
  return found->second;
}

void PackedCopies::refresh(const State&, int thread, int threads) {
  int number = 0;
  dnnl::stream stream(dnn::cpu());
  for (Copy& copy : copies_) {
    if (number++ % threads != thread) continue;
    if (copy.packed.fold.make) copy.packed.fold.make(copy.parameters, copy.folded.data());
    if (copy.packed.pack) {
      copy.packed.pack(copy.weights, copy.buffer.data());
      continue;
    }
    copy.primitive.execute(stream, {{DNNL_ARG_FROM, copy.from},
                                    {DNNL_ARG_TO, copy.to},
                                    {DNNL_ARG_SCRATCHPAD, copy.scratch_memory}});
  }
}

}  // namespace ridgeline::engine
