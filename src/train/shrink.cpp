#include "train/shrink.hpp"

#include <algorithm>

#include "objective/match.hpp"

namespace ridgeline::train {

namespace {

Regularize for_what_is_left(Regularize regularize, const std::vector<Parameter>& parameters) {
  std::erase_if(regularize.rules, [&](const PenaltyRule& rule) {
    return std::ranges::none_of(
        parameters, [&](const Parameter& parameter) { return objective::covers(rule, parameter); });
  });
  // The weights that it pulls towards no longer fit.
  regularize.l2_sp = 0;
  for (PenaltyRule& rule : regularize.rules) rule.l2_sp.reset();
  return regularize;
}

}  // namespace

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
  options.regularize = for_what_is_left(options.regularize, layout.parameters);
  std::erase_if(options.frozen, matches_nothing);
  options.weights.clear();
  options.autotune = false;
  if (small.network != core.network()) options.compute.kernels.clear();

  ModelCore shrunk(std::move(small.network), std::move(options));
  shrunk.in_force = for_what_is_left(core.in_force, shrunk.layout().parameters);
  for (std::size_t p = 0; p < shrunk.layout().parameters.size(); ++p) {
    std::ranges::copy(small.weights.find(shrunk.layout().parameters[p].name)->second,
                      shrunk.state.weights(p).begin());
  }
  shrunk.state.touch();
  return shrunk;
}

}  // namespace ridgeline::train
