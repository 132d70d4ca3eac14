#include "train/shrink.hpp"

#include <algorithm>

#include "objective/match.hpp"

namespace ridgeline::train {

ModelCore shrink(const ModelCore& core, std::vector<StayingFilters>& staying) {
  WeightMap weights;
  for (std::size_t p = 0; p < core.layout().parameters.size(); ++p) {
    const auto values = core.state.weights(p);
    weights[core.layout().parameters[p].name].assign(values.begin(), values.end());
  }
  ShrunkNetwork small = drop_zero_filters(core.network(), core.options.input, weights);
  staying = std::move(small.staying);

  ModelOptions options = core.options;
  const Layout layout = infer(small.network, options.input);
  const auto matches_nothing = [&](const std::string& glob) {
    return std::ranges::none_of(layout.parameters, [&](const Parameter& parameter) {
      return objective::matches(glob, parameter);
    });
  };
  std::erase_if(options.regularize.rules, [&](const PenaltyRule& rule) {
    return std::ranges::none_of(layout.parameters, [&](const Parameter& parameter) {
      return objective::covers(rule, parameter);
    });
  });
  // The weights that it pulls towards have no counterpart any more.
  options.regularize.l2_sp = 0;
  for (PenaltyRule& rule : options.regularize.rules) rule.l2_sp.reset();
  std::erase_if(options.frozen, matches_nothing);
  options.weights.clear();
  options.autotune = false;
  if (small.network != core.network()) options.kernels.clear();

  ModelCore shrunk(std::move(small.network), std::move(options));
  shrunk.base = core.base;
  for (std::size_t p = 0; p < shrunk.layout().parameters.size(); ++p) {
    std::ranges::copy(small.weights.find(shrunk.layout().parameters[p].name)->second,
                      shrunk.state.weights(p).begin());
  }
  shrunk.state.touch();
  return shrunk;
}

}  // namespace ridgeline::train
