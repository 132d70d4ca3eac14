#include <type_traits>

#include "optimize/optimizers/optimizers.hpp"
#include "options/kind_registry.hpp"

namespace ridgeline {
namespace {

using namespace optimize;

struct Make {
  OptimizerFactory make;
  double learning_rate;  // if none is given
  bool full_batch = false;
};
using Registry = KindRegistry<Make>;

// A kind with a struct of options. `make` gets the kind's name if it takes one.
template <typename Options, typename MakeKind>
Registry::Entry entry(std::string name, std::string meaning, MakeKind make,
                      bool full_batch = false) {
  OptimizerFactory factory = [=](const Attributes& attributes) -> OptimizerPtr {
    const auto options = network::read_options<Options>(attributes);
    if constexpr (std::is_invocable_v<MakeKind, std::string_view, const Options&>) {
      return make(name, options);
    } else {
      return make(options);
    }
  };
  return {{name, std::move(meaning), network::options_of<Options>()},
          {std::move(factory), Options{}.learning_rate.value, full_batch}};
}

Registry& registry() {
  static Registry registry(
      "an", "optimizer",
      {entry<Sgd>("gd", "gradient descent on all images in one step", make_sgd, true),
       entry<Sgd>("sgd", "stochastic gradient descent", make_sgd),
       entry<Adam>("adam", "averages of gradients and of their squares", make_adam),
       entry<Adam>("adamw", "adam, with regularize.decay", make_adam),
       entry<NAdam>("nadam", "adam with Nesterov's momentum", make_nadam),
       entry<Adam>("radam", "adam, rectified for the variance of its first steps", make_radam),
       entry<RmsProp>("rmsprop", "gradients divided by the root mean square of recent ones",
                      make_rmsprop),
       entry<Adagrad>("adagrad", "gradients divided by the root of the sum of all squares",
                      make_adagrad),
       entry<Adam>("lamb", "adam's direction, as long as the weights of the kernel", make_lamb),
       entry<Lars>("lars", "momentum, with steps in proportion to the weights", make_lars),
       entry<Lion>("lion", "the sign of an average of gradients", make_lion),
       entry<Muon>("muon", "momentum made orthogonal; adam for biases", make_muon),
       entry<Lbfgs>("lbfgs", "quasi-Newton, on all images in one step", make_lbfgs, true)});
  return registry;
}

}  // namespace

OptimizerPtr make_optimizer(std::string_view kind, const Attributes& attributes) {
  const Registry::Entry found = registry().find(kind);
  return found.make.make(found.kind.complete(attributes, "optimizer."));
}

OptimizerSetting default_optimizer(std::string_view kind) {
  const auto [found, make] = registry().find(kind);
  return {.optimizer = make.make(found.defaults()),
          .learning_rate = make.learning_rate,
          .full_batch = make.full_batch};
}

void register_optimizer(Kind kind, OptimizerFactory factory, double learning_rate,
                        bool full_batch) {
  registry().add(std::move(kind), {std::move(factory), learning_rate, full_batch});
}

std::vector<Kind> optimizer_kinds() {
  return registry().kinds();
}

void optimize::check_range(std::string_view key, double value, double low, double high) {
  if (value >= low && value < high) return;
  throw UsageError(fmt::format("{} must be in [{}, {}), not {}", key, low, high, value));
}

void optimize::check_whole(std::string_view key, std::int64_t value, std::int64_t most) {
  if (value >= 1 && value <= most) return;
  throw UsageError(fmt::format("{} must be in [1, {}], not {}", key, most, value));
}

}  // namespace ridgeline
