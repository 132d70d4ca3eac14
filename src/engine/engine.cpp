#include "engine/engine.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "engine/engine_impl.hpp"
#include "engine/packed.hpp"
#include "network/initialize.hpp"

namespace ridgeline::engine {

Engine::Engine(Network network, const Shape& input, const Options& options)
    : impl_(std::make_unique<Impl>(std::move(network), input, options)) {
  for (const Node& node : impl_->network.nodes()) layer_compiler(node.layer.spec());
}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

const Network& Engine::network() const {
  return impl_->network;
}
const Layout& Engine::layout() const {
  return impl_->layout;
}
const Options& Engine::options() const {
  return impl_->options;
}

State Engine::initial_state(std::uint64_t seed) const {
  State state(impl_->layout.parameters);
  for (std::size_t p = 0; p < state.parameters().size(); ++p) {
    network::initialize(state.parameters()[p].spec, seed, p, state.weights(p));
  }
  state.touch();
  return state;
}

LossSums Engine::gradient(State& state, const Batch& batch, const Loss& loss,
                          const Accumulation& accumulation, const OutputBuffers& values) {
  Impl& impl = *impl_;
  if (!impl.update_pass) impl.update_pass = std::make_unique<UpdatePass>(state);
  if (accumulation.first) {
    impl.accumulated = false;
  } else if (!impl.pending.arenas.empty()) {
    impl.update_pass->collect(impl.team, impl.pending, state.gradient_arena().data(),
                              impl.accumulated);
    impl.accumulated = true;
  }
  impl.pending = {};
  const double images =
      accumulation.images > 0 ? accumulation.images : static_cast<double>(batch.images);
  const LossSums sums = impl.run(state, {.batch = batch,
                                         .loss = &loss,
                                         .loss_scale = 1 / accumulation.weight,
                                         .image_scale = 1 / images,
                                         .values = values,
                                         .training = true,
                                         .head = loss.head()});
  impl.pending = impl.gradients_of_run();
  if (!accumulation.last) impl.settle();
  return sums;
}

UpdateReport Engine::update(State& state, const UpdateRule& rule) {
  Impl& impl = *impl_;
  assert(!impl.pending.arenas.empty() && "update() follows gradient()");
  Gradients gradients = std::exchange(impl.pending, {});
  if (std::exchange(impl.accumulated, false)) {
    float* total = state.gradient_arena().data();
    impl.update_pass->collect(impl.team, gradients, total, true);
    gradients = {{total}, {}};
  }
  return impl.update_pass->run(impl.team, state, rule, std::move(gradients));
}

LossSums Engine::evaluate(State& state, const Batch& batch, const Loss& loss,
                          const OutputBuffers& values) {
  return impl_->run(state, {.batch = batch, .loss = &loss, .values = values, .head = loss.head()});
}

void Engine::predict(State& state, const Batch& batch, const OutputBuffers& outputs) {
  impl_->run(state, {.batch = batch, .values = outputs});
}

std::vector<ActivationSums> Engine::observe(State& state, const Batch& batch) {
  Impl& impl = *impl_;
  // In place of the state's own copies, which are made again after every update.
  const auto copies = std::exchange(state.packed(), nullptr);
  impl.run(state, {.batch = batch, .observed = true});
  state.packed() = copies;
  std::vector<ActivationSums> all;
  for (const Observed& observed : impl.workspaces[0]->plan().observed) {
    ActivationSums& sums = all.emplace_back();
    sums.count = static_cast<double>(batch.images * observed.channels * observed.positions);
    sums.largest.resize(static_cast<std::size_t>(observed.channels));
    for (std::size_t s = 0; s < impl.runs.size(); ++s) {
      const double* shown =
          impl.exchange.data() + s * impl.runs[0].exchange_stride + observed.offset;
      sums.square += shown[0];
      sums.absolute += shown[1];
      for (std::size_t c = 0; c < sums.largest.size(); ++c) {
        sums.largest[c] = std::max(sums.largest[c], shown[2 + c]);
      }
    }
  }
  return all;
}

std::vector<ConvCandidates> Engine::convolutions() const {
  return PlanBuilder(impl_->network, impl_->layout, 1, true, Head::output, impl_->plan_options())
      .convolutions();
}

std::vector<float> Engine::gradient_of(const State& state, std::size_t index) const {
  const std::size_t offset = state.arena().offsets.at(index), size = state.arena().sizes.at(index);
  std::vector<float> total(size);
  if (!impl_->pending.arenas.empty()) {
    impl_->update_pass->settle(impl_->team, impl_->pending);
    std::copy_n(impl_->pending.arenas[0] + offset, size, total.begin());
  }
  if (impl_->accumulated) {
    const float* before = state.gradient_arena().data() + offset;
    for (std::size_t k = 0; k < size; ++k) total[k] += before[k];
  }
  return total;
}

}  // namespace ridgeline::engine
