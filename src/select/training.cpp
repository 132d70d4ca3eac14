#include "select/training.hpp"

#include <algorithm>
#include <optional>

#include "objective/match.hpp"
#include "select/folds.hpp"
#include "select/methods/method.hpp"
#include "train/evidence.hpp"
#include "train/fit.hpp"
#include "train/hypergradient.hpp"
#include "train/load_weights.hpp"
#include "train/model_file.hpp"

namespace ridgeline::selection {
namespace {

constexpr const char* last_name = "last.safetensors";
constexpr double measured_part = 0.25;  // of the updates, at the end
constexpr std::int64_t measured_every = 4;
constexpr std::int64_t least_measured = 100;
constexpr std::int64_t evidence_images = 500;  // that the curvature is measured on
constexpr std::int64_t memory_parts = 10;      // of the updates

// The key without its section.
std::string strength_of(const std::string& key) {
  return key.substr(key.find('.') + 1);
}

train::ModelCore core_of(const Recipe& recipe, const ModelOptions& options) {
  train::ModelCore core(recipe.network, options);
  // Frozen parameters keep their values.
  const auto& parameters = core.layout().parameters;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    for (const std::string& glob : options.frozen) {
      if (!objective::matches(glob, parameters[p])) continue;
      std::ranges::copy(recipe.first.weights(parameters[p].name), core.state.weights(p).begin());
    }
  }
  core.state.touch();
  return core;
}

train::HypergradientOptions slope_options(const FoldCall& call, const FitOptions& fit,
                                          const Split& split, std::uint64_t seed) {
  const auto images = static_cast<std::int64_t>(split.train.size());
  const std::int64_t of_update = fit.batch * fit.accumulate;
  const std::int64_t updates = (images + of_update - 1) / of_update * fit.epochs;
  const auto part = static_cast<std::int64_t>(measured_part * static_cast<double>(updates));
  return {.strength = strength_of(call.parameters.begin()->first),
          .first = updates - part,
          .every = std::clamp<std::int64_t>(part / least_measured, 1, measured_every),
          .batch = 2 * fit.batch,
          .memory = std::max<std::int64_t>(1, updates / memory_parts),
          .seed = seed};
}

void add_slopes(const train::Hypergradient& hypergradient, const train::ModelCore& core,
                std::map<std::string, double>& values) {
  const auto add = [&](const std::string& name, const train::Hypergradient::Slope& slope) {
    values[name] = slope.mean;
    values[name + "_error"] = slope.error;
  };
  add("slope", hypergradient.slope());
  const auto& parameters = core.layout().parameters;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    if (parameters[p].spec.role == Role::kernel) {
      add("slope/" + parameters[p].name, hypergradient.slope(p));
    }
  }
}

void add_evidence(const train::Evidence& evidence, std::map<std::string, double>& values) {
  values["log_evidence"] = evidence.total();
  values["log_likelihood"] = evidence.log_likelihood;
  values["log_prior"] = evidence.log_prior;
  values["log_determinant"] = evidence.log_determinant;
  values["effective_parameters"] = evidence.effective;
  values["fixed_point"] = evidence.fixed_point;
}

}  // namespace

void LastWeights::keep(const train::ModelCore& core, const FoldCall& call) {
  if (!call.run.empty()) {
    train::save_model(core, call.run / last_name);
    return;
  }
  const auto arena = core.state.weight_arena().span();
  const std::scoped_lock lock(mutex_);
  weights_[call.request.id].assign(arena.begin(), arena.end());
}

void LastWeights::take(train::ModelCore& core, const FoldCall& call) {
  if (!call.from_run.empty()) {
    train::load_weights(call.from_run / last_name, core);
    return;
  }
  const std::scoped_lock lock(mutex_);
  TrainingId from = call.request.id;
  from.trial = call.request.from;
  std::ranges::copy(weights_.at(from), core.state.weight_arena().data());
  core.state.touch();
}

void check_measured(const Recipe& recipe) {
  const Measure measure = measure_of(recipe.options.method);
  if (measure == Measure::nothing) return;
  const auto& [key, range] = *recipe.options.over.begin();
  const train::ModelCore core(recipe.network, recipe.with({{key, range.max}}).model);
  if (measure == Measure::evidence) return train::check_evidence(core);
  train::check_hypergradient(core, strength_of(key));
}

FoldResult train(const Recipe& recipe, TrainingSettings settings, const FoldCall& call,
                 LastWeights& last_weights) {
  auto& [model, fit] = settings;
  Split split = recipe.splits[static_cast<std::size_t>(call.request.id.fold) - 1];
  split.train = share_of(split.train, call.request.id.share, recipe.options.seed);
  // On an eighth of the images, all validation images would cost as much as the training.
  split.validation = share_of(split.validation, 2 * call.request.id.share, recipe.options.seed);
  train::ModelCore core = core_of(recipe, model);
  if (call.request.epochs > 0) fit.epochs = call.request.epochs;
  if (call.request.from > 0) last_weights.take(core, call);
  const Measure measure = call.request.measure;
  // The last weights are wanted, not the best epoch's.
  if (call.request.keep || measure == Measure::evidence) fit.restore_best = false;
  std::optional<train::Hypergradient> slope;
  if (measure == Measure::slope) {
    slope.emplace(core, split.validation, slope_options(call, fit, split, recipe.options.seed));
  }
  const Fitting fitting = [&](const Dataset& images, const FitOptions& options) {
    return train::Fit(core, images, options, slope ? &*slope : nullptr).run();
  };
  FoldResult result = train_fold(fitting, split, fit, call);
  if (result.diverged || result.interrupted || result.paused) return result;
  if (call.request.keep) last_weights.keep(core, call);
  if (slope) add_slopes(*slope, core, result.values);
  if (measure == Measure::evidence) {
    add_evidence(train::evidence_of(core, split.train, evidence_images, recipe.options.seed),
                 result.values);
  }
  return result;
}

}  // namespace ridgeline::selection
