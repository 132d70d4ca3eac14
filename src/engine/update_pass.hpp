#pragma once
// The update pass over arenas, cut into runs that fit the first-level cache. Runs are spread
// over the threads; their sums are added up in a fixed order.

#include <span>
#include <vector>

#include "engine/state.hpp"
#include "engine/team.hpp"
#include "engine/update.hpp"

namespace ridgeline::engine {

class UpdatePass {
 public:
  explicit UpdatePass(const State& state);

  /// One update of `state` from the sum of `gradients` (arenas laid out like the state's, summed
  /// along the fixed tree; overwritten).
  UpdateReport run(Team& team, State& state, const UpdateRule& rule,
                   std::span<float* const> gradients);
  /// total = sum of `gradients`, or total += it.
  void collect(Team& team, std::span<float* const> gradients, float* total, bool add);

 private:
  struct Run {
    std::size_t parameter, offset, count;  // count: a multiple of 16, padding included
  };
  struct Sums {
    double weight_square, weight_absolute, gradient_square, update_square;
  };
  template <typename F>
  void for_each_run(Team& team, F work);
  void update_run(std::size_t r, State& state, const UpdateRule& rule, const StepInfo& info,
                  float* gradient, float scale);
  UpdateReport report(const State& state, const UpdateRule& rule) const;

  std::vector<Run> runs_;
  std::vector<Sums> sums_;
};

}  // namespace ridgeline::engine
