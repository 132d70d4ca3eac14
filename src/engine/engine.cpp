#include "engine/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <map>
#include <tuple>
#include <utility>

#include "engine/builder.hpp"
#include "engine/packed.hpp"
#include "engine/shards.hpp"
#include "engine/team.hpp"
#include "engine/update_pass.hpp"
#include "engine/workspace.hpp"
#include "network/initialize.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::engine {
namespace {

Options resolved(Options options) {
  if (options.threads < 0 || options.shards < 0) {
    throw UsageError("train.threads and train.shards must not be negative");
  }
  if (options.threads == 0) options.threads = available_cores();
  if (options.shards == 0) options.shards = options.threads;
  return options;
}

// The steps between two barriers.
struct Segment {
  std::size_t first, last;
};

std::vector<Segment> segments_of(const Plan& plan) {
  std::vector<Segment> segments;
  std::size_t first = 0;
  for (std::size_t s = 0; s < plan.steps.size(); ++s) {
    if (!plan.steps[s].barrier_after) continue;
    segments.push_back({first, s + 1});
    first = s + 1;
  }
  segments.push_back({first, plan.steps.size()});
  return segments;
}

struct CompiledPlan {
  std::shared_ptr<const Plan> plan;
  std::vector<Segment> segments;
};

// A shard's memory, shared by the workspaces of all plans since it runs one at a time.
struct ShardMemory {
  Buffer<std::byte> arena, scratch;
  Buffer<float> gradient;
  std::map<const Plan*, Workspace> workspaces;
};

template <typename T>
void grow(Buffer<T>& buffer, std::size_t size) {
  if (buffer.size() < size) buffer = Buffer<T>(size);
}

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

}  // namespace

struct Engine::Impl {
  Impl(Network n, const Shape& input, const Options& o)
      : network(std::move(n)),
        layout(infer(network, input)),
        options(resolved(o)),
        team(options.threads),
        shards(static_cast<std::size_t>(options.shards)),
        loss_sums(shards.size()),
        activity_sums(shards.size()) {}

  struct Job {
    const Batch& batch;
    const Loss* loss = nullptr;
    double loss_scale = 1;
    double image_scale = 1;
    std::span<float> values;
    bool training = false;
    Head head = Head::output;
    double* step_seconds = nullptr;  // of the first shard
    bool observed = false;
  };

  Ways ways() const {
    return {options.precision == Precision::bf16, options.bf16_use.value_or(dnn::bf16_use()),
            options.winograd, options.fused, options.choices};
  }
  const CompiledPlan& compiled(std::int64_t images, bool training, Head head,
                               bool observed = false);
  Workspace& bound(std::size_t shard, const CompiledPlan& plan, State& state, int parts,
                   const float* input);
  int active_shards(std::int64_t images) const {
    return static_cast<int>(
        std::min<std::int64_t>(static_cast<std::int64_t>(shards.size()), images));
  }
  Sums run(State& state, const Job& job);
  void run_shards(int thread, const Job& job);
  void run_parts(int thread, int parts, const Job& job);
  Gradients gradients_of_run();
  void settle();

  Network network;
  Layout layout;
  Options options;
  Team team;
  std::map<std::tuple<std::int64_t, bool, Head, bool>, CompiledPlan> plans;
  std::vector<ShardMemory> shards;
  std::vector<Workspace*> workspaces;                 // of the run in hand, one per active shard
  std::vector<ShardRun> runs;                         // likewise
  std::vector<const std::vector<Segment>*> segments;  // likewise
  Buffer<double> exchange;
  std::vector<double> loss_sums, activity_sums;
  std::unique_ptr<UpdatePass> update_pass;
  Gradients pending;         // what the shards left and nothing has used yet
  bool accumulated = false;  // whether the state's arena holds part of the gradient
};

const CompiledPlan& Engine::Impl::compiled(std::int64_t images, bool training, Head head,
                                           bool observed) {
  const auto key = std::tuple(images, training, head, observed);
  if (const auto found = plans.find(key); found != plans.end()) return found->second;
  const dnn::SingleThread single;
  auto plan = std::make_shared<const Plan>(
      PlanBuilder(network, layout, images, training, head,
                  observed ? Ways{.fused = false, .observed = true} : ways())
          .build());
  auto segments = segments_of(*plan);
  return plans.emplace(key, CompiledPlan{std::move(plan), std::move(segments)}).first->second;
}

Workspace& Engine::Impl::bound(std::size_t shard, const CompiledPlan& compiled, State& state,
                               int parts, const float* input) {
  ShardMemory& memory = shards[shard];
  const Plan& plan = *compiled.plan;
  grow(memory.arena, plan.arena_bytes);
  grow(memory.scratch, plan.scratch_bytes * static_cast<std::size_t>(std::max(parts, 1)));
  if (plan.training) grow(memory.gradient, state.arena().trainable);
  Workspace& workspace = memory.workspaces.try_emplace(&plan, compiled.plan).first->second;
  workspace.bind({input, state.weight_arena().data(), &state.arena(),
                  state.packed()->require(plan, state), memory.gradient.data(), memory.arena.data(),
                  memory.scratch.data()});
  return workspace;
}

void Engine::Impl::run_shards(int thread, const Job& job) {
  const int active = static_cast<int>(runs.size());
  for (std::size_t g = 0; g < segments[0]->size(); ++g) {
    for (int s = thread; s < active; s += team.size()) {
      const auto at = static_cast<std::size_t>(s);
      const auto [first, last] = (*segments[at])[g];
      if (g == 0 && job.batch.fill) job.batch.fill(runs[at].first, runs[at].images);
      workspaces[at]->run(first, last, runs[at]);
    }
    if (g + 1 < segments[0]->size()) team.barrier();
  }
}

// Where there are more threads than shards, several share one, step by step. The shards have
// equally many images, and so the same steps.
void Engine::Impl::run_parts(int thread, int parts, const Job& job) {
  const int active = static_cast<int>(runs.size());
  const auto shard = static_cast<std::size_t>(thread % active);
  ShardRun run = runs[shard];
  run.share = {thread / active, parts};
  if (run.share.part == 0 && job.batch.fill) job.batch.fill(run.first, run.images);
  for (const auto [first, last] : *segments[shard]) {
    workspaces[shard]->run_shared(first, last, run, [this] { team.barrier(); });
  }
}

Sums Engine::Impl::run(State& state, const Job& job) {
  assert(job.batch.images > 0);
  settle();
  const int active = active_shards(job.batch.images);
  // Threads to a shard; below 2 each has shards of its own.
  const int parts = job.batch.images % active == 0 ? team.size() / active : 1;
  const std::int64_t image_size = layout.input.elements();
  const std::int64_t value_size = layout.output().elements();
  if (!state.packed()) state.packed() = std::make_shared<PackedCopies>();

  workspaces.clear();
  runs.clear();
  segments.clear();
  for (int s = 0; s < active; ++s) {
    const Shard shard = shard_of(job.batch.images, active, s);
    const CompiledPlan& plan = compiled(shard.images, job.training, job.head, job.observed);
    segments.push_back(&plan.segments);
    assert(plan.segments.size() == segments[0]->size() && "shards meet at the same barriers");
    workspaces.push_back(&bound(static_cast<std::size_t>(s), plan, state, parts,
                                job.batch.inputs.data() + shard.first * image_size));
    ShardRun run;
    run.shard = s;
    run.shards = active;
    run.images = shard.images;
    run.first = shard.first;
    run.batch_images = job.batch.images;
    if (!job.batch.ids.empty()) {
      run.ids = job.batch.ids.subspan(static_cast<std::size_t>(shard.first),
                                      static_cast<std::size_t>(shard.images));
    }
    run.epoch = job.batch.epoch;
    run.seed = options.seed;
    run.loss = job.loss;
    run.targets = job.batch.targets.slice(shard.first, shard.images);
    run.loss_scale = job.loss_scale;
    run.loss_sum = &loss_sums[static_cast<std::size_t>(s)];
    run.image_scale = job.image_scale;
    activity_sums[static_cast<std::size_t>(s)] = 0;
    if (job.loss) run.activity_sum = &activity_sums[static_cast<std::size_t>(s)];
    run.values = job.values.empty() ? nullptr : job.values.data() + shard.first * value_size;
    run.exchange_stride = plan.plan->exchange;
    runs.push_back(run);
  }
  grow(exchange, runs[0].exchange_stride * static_cast<std::size_t>(active));
  for (ShardRun& run : runs) run.exchange = exchange.data();
  runs[0].step_seconds = job.step_seconds;

  const bool stale = state.packed()->stale(state);
  team.run([&](int thread) {
    if (stale) {
      state.packed()->refresh(state, thread, team.size());
      team.barrier();
    }
    if (parts > 1) {
      run_parts(thread, parts, job);
    } else {
      run_shards(thread, job);
    }
  });
  state.packed()->set_fresh(state);
  if (job.training && runs[0].exchange_stride > 0) state.touch();  // running statistics moved
  if (job.loss == nullptr) return {};
  const auto count = static_cast<std::size_t>(active);
  return {tree_sum({loss_sums.data(), count}), tree_sum({activity_sums.data(), count})};
}

// What the shards of the run that has just ended have left.
Gradients Engine::Impl::gradients_of_run() {
  Gradients gradients;
  for (std::size_t s = 0; s < workspaces.size(); ++s) {
    gradients.arenas.push_back(shards[s].gradient.data());
  }
  for (const ProductGradient& product : workspaces[0]->plan().products) {
    gradients.products.push_back({product.parameter, product.inputs, product.outputs, {}});
  }
  for (const Workspace* workspace : workspaces) {
    const Plan& plan = workspace->plan();
    for (std::size_t i = 0; i < plan.products.size(); ++i) {
      gradients.products[i].parts.push_back(
          {workspace->at(plan.products[i].x), workspace->at(plan.products[i].dy), plan.images});
    }
  }
  return gradients;
}

// Before the shards' memory is used for something else.
void Engine::Impl::settle() {
  if (!pending.products.empty()) update_pass->settle(team, pending);
}

Engine::Engine(Network network, const Shape& input, const Options& options)
    : impl_(std::make_unique<Impl>(std::move(network), input, options)) {
  for (const Node& node : impl_->network.nodes()) layer_compiler(node.layer.spec().kind());
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

Sums Engine::gradient(State& state, const Batch& batch, const Loss& loss, const Accumulation& part,
                      std::span<float> values) {
  Impl& impl = *impl_;
  if (!impl.update_pass) impl.update_pass = std::make_unique<UpdatePass>(state);
  if (part.first) {
    impl.accumulated = false;
  } else if (!impl.pending.arenas.empty()) {
    impl.update_pass->collect(impl.team, impl.pending, state.gradient_arena().data(),
                              impl.accumulated);
    impl.accumulated = true;
  }
  impl.pending = {};
  const double images = part.images > 0 ? part.images : static_cast<double>(batch.images);
  const Sums sums = impl.run(state, {.batch = batch,
                                     .loss = &loss,
                                     .loss_scale = 1 / part.weight,
                                     .image_scale = 1 / images,
                                     .values = values,
                                     .training = true,
                                     .head = loss.head()});
  impl.pending = impl.gradients_of_run();
  if (!part.last) impl.settle();
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

Sums Engine::evaluate(State& state, const Batch& batch, const Loss& loss, std::span<float> values) {
  return impl_->run(state, {.batch = batch, .loss = &loss, .values = values, .head = loss.head()});
}

void Engine::predict(State& state, const Batch& batch, std::span<float> outputs) {
  impl_->run(state, {.batch = batch, .values = outputs});
}

std::vector<ActivationSums> Engine::observe(State& state, const Batch& batch) {
  Impl& impl = *impl_;
  // In the place of the state's own copies, which are made anew after every update.
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

std::vector<ConvolutionWays> Engine::convolutions() const {
  return PlanBuilder(impl_->network, impl_->layout, 1, true, Head::output, impl_->ways())
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
    state.touch();  // as after an update: copies of the weights are made anew
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
  std::size_t grouped = 0;  // steps still to come of the group in hand
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
