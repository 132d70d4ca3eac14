#include "network/registry.hpp"

#include <array>

#include "optimize/optimizers/optimizers.hpp"

namespace ridgeline {
namespace {

using optimize::OptimizerPtr;

OptimizerPtr sgd_from(std::string_view kind, const Attributes& a) {
  static constexpr std::array<std::string_view, 2> known{"momentum", "nesterov"};
  a.expect_only(kind, known);
  return optimize::make_sgd(kind, a.real("momentum", 0), a.boolean("nesterov", false));
}

OptimizerPtr adam_from(std::string_view kind, const Attributes& a) {
  static constexpr std::array<std::string_view, 3> known{"beta1", "beta2", "epsilon"};
  a.expect_only(kind, known);
  const Adam standard;
  return optimize::make_adam(kind, a.real("beta1", standard.beta1), a.real("beta2", standard.beta2),
                             a.real("epsilon", standard.epsilon));
}

network::Registry<OptimizerFactory>& registry() {
  static network::Registry<OptimizerFactory> registry(
      "an", "optimizer",
      {{"gd", [](const Attributes& a) { return sgd_from("gd", a); }},
       {"sgd", [](const Attributes& a) { return sgd_from("sgd", a); }},
       {"adam", [](const Attributes& a) { return adam_from("adam", a); }},
       {"adamw", [](const Attributes& a) { return adam_from("adamw", a); }}});
  return registry;
}

}  // namespace

OptimizerPtr make_optimizer(std::string_view kind, const Attributes& attributes) {
  return registry().find(kind)(attributes);
}

void register_optimizer(std::string kind, OptimizerFactory factory) {
  registry().add(std::move(kind), factory);
}

void optimize::check_range(std::string_view key, double value, double low, double high) {
  if (value >= low && value < high) return;
  throw UsageError(fmt::format("{} must be in [{}, {}), not {}", key, low, high, value));
}

}  // namespace ridgeline
