#pragma once
// The update pass over arenas. It works on runs that fit the first-level cache. Threads share
// panels of runs; norms are added in a fixed order.

#include <functional>
#include <span>
#include <vector>

#include "engine/kernels/dense.hpp"
#include "engine/state.hpp"
#include "engine/team.hpp"
#include "engine/term_pass.hpp"
#include "engine/update.hpp"
#include "tensor/buffer.hpp"

namespace ridgeline::engine {

/// The gradient of a dense kernel, as two matrices that are not multiplied yet.
struct Product {
  std::size_t parameter;
  std::int64_t inputs, outputs;
  std::vector<kernels::DensePart> parts;  ///< one for each shard
};

/// The data gradient of all shards: the sum of their arenas along a fixed tree, plus the products,
/// which are in no arena. Arenas have the layout of the state's, and the sum overwrites them.
struct Gradients {
  std::vector<float*> arenas;
  std::vector<Product> products;
};

class UpdatePass {
 public:
  explicit UpdatePass(const State& state);

  /// One update of `state`.
  UpdateReport run(Team& team, State& state, const UpdateRule& rule, Gradients gradients);
  /// Moves the whole gradient into the first arena.
  void settle(Team& team, Gradients& gradients);
  /// total = gradient, or total += gradient if `add`.
  void collect(Team& team, const Gradients& gradients, float* total, bool add);

 private:
  struct Run {
    std::size_t parameter, offset, count;  // count: a multiple of 16, padding included
  };
  struct Norms {
    double weight_square, weight_absolute, gradient_square, update_square;
  };
  // Runs for one thread. Those of a matrix are some whole rows.
  struct Panel {
    std::size_t parameter, offset, count;  // offset and count as in Run
    std::size_t first_run, last_run;
    std::int64_t row, rows;  // of a matrix
  };
  void cut(std::size_t parameter, std::size_t offset, std::size_t size, std::int64_t row,
           std::int64_t rows);
  template <typename F>
  void for_each_panel(Team& team, const Gradients& gradients, F work);
  static float* sum(const Panel& panel, const Gradients& gradients, float* scratch);
  // The memory for the update of a run.
  struct Place {
    float* gradient;
    float* step;
    float* metric;  // null if nothing needs it
    float* before;  // the weights before the step; null if nothing needs them
  };
  float clip_scale(Team& team, const State& state, const UpdateRule& rule, Gradients& gradients);
  void penalise(const Run& run, Norms& norms, const State& state, const UpdateRule& rule,
                const Place& place, float scale);
  static void descend(const Run& run, Norms& norms, State& state, const UpdateRule& rule,
                      const Place& place);
  // For optimisers of Scope::element.
  void update_run(std::size_t r, State& state, const UpdateRule& rule, const StepInfo& info,
                  float* gradient, float scale);
  // For all other optimisers. The whole gradient is in one arena.
  void update_whole(Team& team, State& state, const UpdateRule& rule, const StepInfo& info,
                    float* gradient, float scale);
  void step_model(Team& team, State& state, const UpdateRule& rule, StepInfo info, float* gradient);
  void step_tensors(Team& team, State& state, const UpdateRule& rule, const StepInfo& info,
                    float* gradient);
  void step_at(std::size_t offset, std::size_t count, State& state, const UpdateRule& rule,
               StepInfo info, float* gradient);
  // Calls work(number) for every trained run.
  void for_each_run(Team& team, const State& state, const std::function<void(std::size_t)>& work);
  UpdateReport report(const State& state, const UpdateRule& rule) const;

  std::vector<Run> runs_;
  std::vector<Norms> norms_;  // of each run
  std::vector<Panel> panels_;
  std::vector<Buffer<float>> scratch_;  // one per thread, for a product's panel
  TermPass terms_;
  // For update_whole, in the layout of the state's arena.
  Buffer<float> steps_, metrics_, before_;
};

}  // namespace ridgeline::engine
