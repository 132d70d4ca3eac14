#include "train/core.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "network/parameters.hpp"
#include "objective/match.hpp"
#include "options/check.hpp"
#include "ridgeline/error.hpp"
#include "train/load_weights.hpp"
#include "train/tune.hpp"

namespace ridgeline::train {
namespace {

void check_clip(std::string_view key, double value) {
  require(value >= 0 && std::isfinite(value), "{} must be a number that is not negative, not {}",
          key, value);
}

// The penalties of layers become the first rules of the options, so that they are saved and changed
// like all others.
ModelOptions checked(ModelOptions options, Network& network) {
  auto& rules = options.regularize.rules;
  const std::vector<PenaltyRule> of_layers = network.take_rules();
  rules.insert(rules.begin(), of_layers.begin(), of_layers.end());
  require(options.loss != nullptr, "the model needs a loss");
  require(options.optimizer.optimizer != nullptr, "the model needs an optimizer");
  options.optimizer.learning_rate.check("optimizer.learning_rate");
  check_clip("optimizer.clip_norm", options.optimizer.clip_norm);
  check_clip("optimizer.clip_value", options.optimizer.clip_value);
  options.optimizer.lookahead.check();
  options.regularize.check();
  require(options.optimizer.learning_rate.kind != "proportional",
          "optimizer.learning_rate cannot be proportional to itself: that is for strengths in "
          "[regularize]");
  return options;
}

// Throws UsageError for a layer that is not a convolution, or an algorithm that cannot compute it.
void check_choices(const engine::Engine& engine) {
  const engine::KernelChoices choices = engine::kernel_choices(engine.options().compute.kernels);
  if (choices.empty()) return;
  const auto convolutions = engine.convolutions();
  for (const auto& [layer, algorithm] : choices) {
    const auto found = std::ranges::find(convolutions, layer, &engine::ConvCandidates::layer);
    require(found != convolutions.end(), "train.kernels names '{}', which is not a convolution",
            layer);
    std::vector<std::string_view> algorithms;
    for (const engine::ConvAlgorithm possible : found->algorithms)
      algorithms.push_back(name_of(possible));
    require(std::ranges::find(found->algorithms, algorithm) != found->algorithms.end(),
            "train.kernels: {} cannot be computed by {}, only by {}", layer, name_of(algorithm),
            fmt::join(algorithms, " or "));
  }
}

// The first term for which wants(term) holds, or null.
template <typename Wants>
const engine::MatrixTerm* first_term(const engine::AppliedTerms& terms, Wants wants) {
  for (const auto& of_parameter : terms) {
    for (const auto& applied : of_parameter) {
      if (wants(*applied.term)) return applied.term;
    }
  }
  return nullptr;
}

// The factor of each parameter's learning rate; empty without rules.
std::vector<double> rate_factors_of(const ModelOptions& options,
                                    const std::vector<Parameter>& parameters) {
  if (options.rate_rules.empty()) return {};
  require(
      options.optimizer.optimizer->scope() != Scope::model,
      "optimizer.rule needs an optimizer with a step for each parameter, and {} has one step for "
      "all: use sgd or adam",
      options.optimizer.optimizer->kind());
  std::vector<double> factors(parameters.size(), 1);
  for (const RateRule& rule : options.rate_rules) {
    require(rule.learning_rate_factor > 0 && std::isfinite(rule.learning_rate_factor),
            "optimizer.rule '{}': learning_rate_factor must be above 0, not {}: model.frozen keeps "
            "parameters as they are",
            rule.match, rule.learning_rate_factor);
    bool used = false;
    for (std::size_t p = 0; p < parameters.size(); ++p) {
      if (!objective::matches(rule.match, parameters[p])) continue;
      factors[p] = rule.learning_rate_factor;
      used = true;
    }
    require(used, "optimizer.rule '{}' matches no parameter", rule.match);
  }
  return factors;
}

}  // namespace

std::vector<bool> frozen_ones(const std::vector<std::string>& globs,
                              const std::vector<Parameter>& parameters) {
  std::vector<bool> frozen(parameters.size(), false);
  for (const std::string& glob : globs) {
    bool used = false;
    for (std::size_t p = 0; p < parameters.size(); ++p) {
      if (!objective::matches(glob, parameters[p])) continue;
      frozen[p] = used = true;
    }
    require(used, "model.frozen: no parameter is named '{}'", glob);
  }
  return frozen;
}

engine::Options engine_options(const ModelOptions& options) {
  return {.threads = options.threads,
          .shards = options.shards,
          .seed = options.seed,
          .compute = options.compute};
}

ModelCore::ModelCore(Network network, ModelOptions given)
    : automatic_shards(given.shards == 0),
      options(checked(std::move(given), network)),
      engine(std::move(network), options.input, engine_options(options)),
      state(engine.initial_state(options.seed)),
      terms(options.regularize),
      in_force(options.regularize) {
  check_choices(engine);
  options.threads = engine.options().threads;
  options.shards = engine.options().shards;
  loss().check(layout().network_outputs);
  if (!options.weights.empty()) load_weights(options.weights, *this);
  state.frozen = frozen_ones(options.frozen, layout().parameters);
  rate_factors = rate_factors_of(options, layout().parameters);
  check_optimizer();
  const auto names = static_cast<std::int64_t>(options.class_names.size());
  const bool classes = options.task.empty() || options.task == "classify";
  require(
      !classes || names == 0 || names == outputs() || (names == 2 && outputs() == 1),
      "there are {0} classes, but {1} gives {2} outputs: it must give {0}, as dense with units = "
      "{0} does",
      names, this->network().nodes().back().name, outputs());
  if (options.autotune && options.compute.kernels.empty()) choose_kernels();
}

void ModelCore::choose_kernels() {
  for (const auto& [layer, algorithm] : tune(engine, tuning_cache())) {
    options.compute.kernels.push_back(fmt::format("{}={}", layer, name_of(algorithm)));
  }
  engine = engine::Engine(network(), options.input, engine_options(options));
}

void ModelCore::check_reach() const {
  ridgeline::check_reach(options.regularize, layout().parameters, state.frozen);
}

// Refuses what the optimiser cannot do.
void ModelCore::check_optimizer() const {
  const std::vector<Penalty> all = penalties(options.regularize.strongest());
  const Optimizer& optimizer = *options.optimizer.optimizer;
  const auto wants_metric = [](const auto& term) { return term.wants_metric(); };
  const engine::MatrixTerm* term = first_term(terms.of(all), wants_metric);
  const bool l1 = std::ranges::any_of(all, [](const Penalty& p) { return p.l1 > 0; });
  require(optimizer.has_metric() || (!l1 && term == nullptr),
          "regularize.{} needs an optimizer with a diagonal metric, which {} does not have with "
          "these settings: use sgd or adam",
          l1     ? "l1"
          : term ? term->name()
                 : "",
          optimizer.kind());
  const bool fixed = std::ranges::any_of(all, [](const Penalty& p) { return p.fixed_norm > 0; });
  require(!fixed || options.optimizer.lookahead.interval == 0,
          "regularize.fixed_norm and optimizer.lookahead exclude each other: a mean of two weights "
          "of that norm has another norm");
}

void ModelCore::set_regularize(const Regularize& regularize) {
  regularize.check();
  const Regularize before = std::exchange(options.regularize, regularize);
  try {
    check_optimizer();
    check_reach();
  } catch (...) {
    options.regularize = before;
    throw;
  }
  terms = objective::Terms(regularize);
  in_force = regularize;
  ++penalties_set;
}

void ModelCore::keep_reference() {
  const auto applied = terms.of(penalties(options.regularize.strongest()));
  const auto wants_reference = [](const auto& term) { return term.wants_reference(); };
  if (first_term(applied, wants_reference)) state.keep_reference();
}

std::vector<Penalty> ModelCore::penalties(const Regularize& regularize) const {
  std::vector<Penalty> all = resolve(regularize, layout().parameters);
  for (std::size_t p = 0; p < all.size(); ++p) {
    if (state.frozen[p]) all[p] = {};
  }
  return all;
}

std::size_t ModelCore::parameter(std::string_view name) const {
  const auto& parameters = layout().parameters;
  const int node = network().find(name.substr(0, name.rfind('.')));
  for (const Parameter& parameter : network::parameters_of(layout(), node)) {
    if (parameter.name == name) return static_cast<std::size_t>(&parameter - parameters.data());
  }
  std::vector<std::string_view> known;
  for (const Parameter& parameter : parameters) known.push_back(parameter.name);
  throw UsageError(
      fmt::format("the network has no parameter '{}': {}", name, suggestion(name, known)));
}

void ModelCore::set_shards(int shards) {
  if (shards == options.shards) return;
  options.shards = shards;
  engine = engine::Engine(network(), options.input, engine_options(options));
  state.packed().reset();  // made for the plans of the previous engine
}

}  // namespace ridgeline::train
