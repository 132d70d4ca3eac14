#pragma once
// The members of Engine: compiled plans, the memory of each shard, and threads. Only the files that
// implement Engine include it.

#include <map>
#include <tuple>

#include "engine/builder.hpp"
#include "engine/engine.hpp"
#include "engine/team.hpp"
#include "engine/update_pass.hpp"
#include "engine/workspace.hpp"

namespace ridgeline::engine {

// The steps between two barriers.
struct Segment {
  std::size_t first, last;
};

struct CompiledPlan {
  std::shared_ptr<const Plan> plan;
  std::vector<Segment> segments;
};

// A shard's memory. The workspaces of all plans share it, since a shard runs one plan at a time.
struct ShardMemory {
  Buffer<std::byte> arena, scratch;
  Buffer<float> gradient;
  std::map<const Plan*, Workspace> workspaces;
};

struct Engine::Impl {
  Impl(Network n, const Shape& input, const Options& o);

  struct Job {
    const Batch& batch;
    const Loss* loss = nullptr;
    double loss_scale = 1;
    double image_scale = 1;
    OutputBuffers values;
    bool training = false;
    Head head = Head::output;
    double* step_seconds = nullptr;  // of the first shard
    bool observed = false;
  };

  PlanOptions plan_options() const {
    return {options.compute, options.bf16_use.value_or(dnn::bf16_use()), options.fused, choices};
  }
  const CompiledPlan& compiled(std::int64_t images, bool training, Head head,
                               bool observed = false);
  Workspace& bound(std::size_t shard, const CompiledPlan& plan, State& state, int parts,
                   const float* input);
  int active_shards(std::int64_t images) const {
    return static_cast<int>(
        std::min<std::int64_t>(static_cast<std::int64_t>(shards.size()), images));
  }
  LossSums run(State& state, const Job& job);
  void run_shards(int thread, const Job& job);
  void run_parts(int thread, int parts, const Job& job);
  Gradients gradients_of_run();
  void settle();

  Network network;
  Layout layout;
  Options options;
  KernelChoices choices;
  Team team;
  std::map<std::tuple<std::int64_t, bool, Head, bool>, CompiledPlan> plans;
  std::vector<ShardMemory> shards;
  // For the current run, one per shard that has images.
  std::vector<Workspace*> workspaces;
  std::vector<ShardRun> runs;
  std::vector<const std::vector<Segment>*> segments;
  Buffer<double> exchange;
  std::vector<double> loss_sums, activity_sums;
  std::unique_ptr<UpdatePass> update_pass;
  Gradients pending;         // gradients of the shards that no update has used yet
  bool accumulated = false;  // whether the state's arena holds part of the gradient
};

}  // namespace ridgeline::engine
