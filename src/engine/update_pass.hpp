#pragma once
// The update pass over arenas, cut into runs that fit the first-level cache. Panels of runs are
// spread over the threads; their norms are added up in a fixed order.

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

/// The gradient of a dense kernel, still as the matrices whose product it is.
struct Product {
  std::size_t parameter;
  std::int64_t inputs, outputs;
  std::vector<kernels::DensePart> parts;  ///< one a shard
};

/// A data gradient as the shards leave it: summed along the fixed tree over their arenas, which are
/// laid out like the state's and are overwritten, but for the products, which stand in none.
struct Gradients {
  std::vector<float*> arenas;
  std::vector<Product> products;
};

class UpdatePass {
 public:
  explicit UpdatePass(const State& state);

  /// One update of `state`.
  UpdateReport run(Team& team, State& state, const UpdateRule& rule, Gradients gradients);
  /// Leaves the whole gradient in the first arena, and in nothing else.
  void settle(Team& team, Gradients& gradients);
  /// total = the gradient, or total += it.
  void collect(Team& team, const Gradients& gradients, float* total, bool add);

 private:
  struct Run {
    std::size_t parameter, offset, count;  // count: a multiple of 16, padding included
  };
  struct Norms {
    double weight_square, weight_absolute, gradient_square, update_square;
  };
  // Runs that one thread works on together: of a matrix, those of some whole rows.
  struct Panel {
    std::size_t parameter, offset, count;  // offset and count as of a run
    std::size_t first_run, last_run;
    std::int64_t row, rows;  // of a matrix
  };
  void cut(std::size_t parameter, std::size_t offset, std::size_t size, std::int64_t row,
           std::int64_t rows);
  template <typename F>
  void for_each_panel(Team& team, const Gradients& gradients, F work);
  static float* sum(const Panel& panel, const Gradients& gradients, float* scratch);
  // Where the update of a run works.
  struct Place {
    float* gradient;
    float* step;
    float* metric;  // null where nothing wants it
    float* before;  // the weights before the step; null likewise
  };
  float clip_scale(Team& team, const State& state, const UpdateRule& rule, Gradients& gradients);
  void penalise(const Run& run, Norms& norms, const State& state, const UpdateRule& rule,
                const Place& place, float scale);
  static void descend(const Run& run, Norms& norms, State& state, const UpdateRule& rule,
                      const Place& place);
  // With an optimiser of Scope::element.
  void update_run(std::size_t r, State& state, const UpdateRule& rule, const StepInfo& info,
                  float* gradient, float scale);
  // With one that must see more; the whole gradient stands in one arena.
  void update_whole(Team& team, State& state, const UpdateRule& rule, const StepInfo& info,
                    float* gradient, float scale);
  void step_model(Team& team, State& state, const UpdateRule& rule, StepInfo info, float* gradient);
  void step_tensors(Team& team, State& state, const UpdateRule& rule, const StepInfo& info,
                    float* gradient);
  void step_at(std::size_t offset, std::size_t count, State& state, const UpdateRule& rule,
               StepInfo info, float* gradient);
  // Calls work(its number) for every run that is trained.
  void for_each_run(Team& team, const State& state, const std::function<void(std::size_t)>& work);
  UpdateReport report(const State& state, const UpdateRule& rule) const;

  std::vector<Run> runs_;
  std::vector<Norms> norms_;  // of each run
  std::vector<Panel> panels_;
  std::vector<Buffer<float>> scratch_;  // of each thread, for a product's panel
  TermPass terms_;
  // Of update_whole, laid out like the state's arena.
  Buffer<float> steps_, metrics_, before_;
};

}  // namespace ridgeline::engine
