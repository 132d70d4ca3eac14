// The time and memory of the engine's plans.

#include <algorithm>
#include <chrono>

#include "engine/engine_impl.hpp"
#include "engine/shards.hpp"

namespace ridgeline::engine {
namespace {

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

}  // namespace

std::size_t Engine::training_bytes(std::int64_t images, Head head, int slots) {
  Impl& impl = *impl_;
  const ArenaLayout arena = arena_layout(impl.layout.parameters);
  const int active = impl.active_shards(images);
  std::size_t bytes =
      sizeof(float) * (arena.total + arena.trainable * (1 + static_cast<std::size_t>(slots)));
  for (int s = 0; s < active; ++s) {
    const Plan& plan = *impl.compiled(shard_of(images, active, s).images, true, head).plan;
    bytes += plan.arena_bytes + plan.scratch_bytes + sizeof(float) * arena.trainable;
    if (s > 0) continue;
    for (const Packed& packed : plan.packed) bytes += packed.to.get_size();
  }
  return bytes;
}

PlanProfile Engine::profile(State& state, const Batch& batch, const Loss& loss, bool training,
                            int repeats) {
  Impl& impl = *impl_;
  const Shard shard = shard_of(batch.images, impl.active_shards(batch.images), 0);
  const Plan& plan = *impl.compiled(shard.images, training, loss.head()).plan;
  PlanProfile profile{.images = shard.images,
                      .arena_bytes = plan.arena_bytes,
                      .unplanned_bytes = plan.unplanned_bytes,
                      .scratch_bytes = plan.scratch_bytes};
  std::vector<std::vector<double>> seconds(plan.steps.size());
  std::vector<double> whole;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    std::vector<double> once(plan.steps.size());
    state.touch();  // as after an update: copies of the weights are made again
    const auto start = std::chrono::steady_clock::now();
    impl.run(state, {.batch = batch,
                     .loss = &loss,
                     .loss_scale = 1 / static_cast<double>(batch.images),
                     .image_scale = 1 / static_cast<double>(batch.images),
                     .training = training,
                     .head = loss.head(),
                     .step_seconds = once.data()});
    whole.push_back(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    for (std::size_t s = 0; s < once.size(); ++s) seconds[s].push_back(once[s]);
  }
  profile.seconds = median(whole);
  std::size_t grouped = 0;  // remaining steps of the current group
  for (std::size_t s = 0; s < plan.steps.size(); ++s) {
    const Step& step = plan.steps[s];
    StepProfile one{.name = step.name,
                    .implementation = step.implementation,
                    .nominal_flops = step.flops.nominal,
                    .done_flops = step.flops.done,
                    .seconds = median(seconds[s]),
                    .with_previous = grouped > 0};
    for (const auto& [argument, tensor] : step.arguments) {
      if (tensor.space != Space::scratch) {
        one.bytes += static_cast<std::int64_t>(tensor.desc.get_size());
      }
    }
    grouped = grouped > 0 ? grouped - 1 : step.group - 1;
    profile.steps.push_back(std::move(one));
  }
  for (const ProductGradient& product : plan.products) profile.update_flops += product.flops.done;
  return profile;
}

}  // namespace ridgeline::engine
