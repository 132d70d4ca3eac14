// Runs a batch: compiles plans on first use and binds each shard to its memory.

#include <algorithm>
#include <cassert>
#include <utility>

#include "engine/engine_impl.hpp"
#include "engine/packed.hpp"
#include "engine/shards.hpp"
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

template <typename T>
void grow(Buffer<T>& buffer, std::size_t size) {
  if (buffer.size() < size) buffer = Buffer<T>(size);
}

}  // namespace

Engine::Impl::Impl(Network n, const Shape& input, const Options& o)
    : network(std::move(n)),
      layout(infer(network, input)),
      options(resolved(o)),
      choices(kernel_choices(options.compute.kernels)),
      team(options.threads),
      shards(static_cast<std::size_t>(options.shards)),
      loss_sums(shards.size()),
      activity_sums(shards.size()) {}

const CompiledPlan& Engine::Impl::compiled(std::int64_t images, bool training, Head head,
                                           bool observed) {
  const auto key = std::tuple(images, training, head, observed);
  if (const auto found = plans.find(key); found != plans.end()) return found->second;
  const dnn::SingleThread single;
  PlanBuilder builder(network, layout, images, training, head,
                      observed ? PlanOptions{.fused = false, .observed = true} : plan_options());
  auto plan = std::make_shared<const Plan>(dnn::call([&] { return builder.build(); }));
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

// With more threads than shards, several threads share a shard, step by step. All shards have the
// same number of images, and so the same steps.
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

LossSums Engine::Impl::run(State& state, const Job& job) {
  assert(job.batch.images > 0);
  settle();
  const int active = active_shards(job.batch.images);
  // Threads per shard; 1: each thread has its own shards.
  const int parts = job.batch.images % active == 0 ? team.size() / active : 1;
  const std::int64_t image_size = layout.input.elements();
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
    for (std::size_t o = 0; o < job.values.size(); ++o) {
      run.values.push_back(job.values.of(o) +
                           shard.first * layout.network_outputs[o].shape.elements());
    }
    run.exchange_stride = plan.plan->exchange;
    runs.push_back(std::move(run));
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
  if (job.training && runs[0].exchange_stride > 0) state.touch();  // running statistics changed
  if (job.loss == nullptr) return {};
  const auto count = static_cast<std::size_t>(active);
  return {tree_sum({loss_sums.data(), count}), tree_sum({activity_sums.data(), count})};
}

// The gradients that the last run's shards computed.
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

// Computes the pending gradients from the shards' memory, before it is used for something else.
void Engine::Impl::settle() {
  if (!pending.products.empty()) update_pass->settle(team, pending);
}

}  // namespace ridgeline::engine
