#include "network/registry.hpp"

#include "objective/losses/losses.hpp"

namespace ridgeline {
namespace {

network::Registry<LossFactory>& registry() {
  static network::Registry<LossFactory> registry(
      "a", "loss",
      {{"cross-entropy", objective::make_cross_entropy},
       {"mse", objective::make_mean_squared_error},
       {"binary-cross-entropy", objective::make_binary_cross_entropy}});
  return registry;
}

}  // namespace

LossPtr make_loss(std::string_view kind, const Attributes& attributes) {
  return registry().find(kind)(attributes);
}

void register_loss(std::string kind, LossFactory factory) {
  registry().add(std::move(kind), factory);
}

}  // namespace ridgeline
