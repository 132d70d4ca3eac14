#include <fmt/ranges.h>

#include <array>
#include <map>

#include "optimize/optimizers/optimizers.hpp"
#include "ridgeline/error.hpp"

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

std::map<std::string, OptimizerFactory, std::less<>>& factories() {
  static std::map<std::string, OptimizerFactory, std::less<>> table{
      {"gd", [](const Attributes& a) { return sgd_from("gd", a); }},
      {"sgd", [](const Attributes& a) { return sgd_from("sgd", a); }},
      {"adam", [](const Attributes& a) { return adam_from("adam", a); }},
      {"adamw", [](const Attributes& a) { return adam_from("adamw", a); }},
  };
  return table;
}

}  // namespace

OptimizerPtr make_optimizer(std::string_view kind, const Attributes& attributes) {
  const auto found = factories().find(kind);
  if (found != factories().end()) return found->second(attributes);
  std::vector<std::string_view> known;
  for (const auto& [name, factory] : factories()) known.push_back(name);
  const std::string near = nearest(kind, known);
  throw UsageError(fmt::format("there is no optimizer '{}': {}", kind,
                               near.empty() ? fmt::format("known are {}", fmt::join(known, ", "))
                                            : fmt::format("did you mean '{}'?", near)));
}

void register_optimizer(std::string kind, OptimizerFactory factory) {
  factories()[std::move(kind)] = factory;
}

void optimize::check_range(std::string_view key, double value, double low, double high) {
  if (value >= low && value < high) return;
  throw UsageError(fmt::format("{} must be in [{}, {}), not {}", key, low, high, value));
}

}  // namespace ridgeline
