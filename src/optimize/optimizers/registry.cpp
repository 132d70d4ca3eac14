#include "network/registry.hpp"

#include "optimize/optimizers/optimizers.hpp"

namespace ridgeline {
namespace {

using namespace optimize;

struct Kind {
  OptimizerFactory make;
  double learning_rate;  // where none is given
  bool full_batch = false;
};

template <typename Options>
Options options_from(std::string_view kind, const Attributes& attributes) {
  network::expect_fields<Options>(kind, attributes);
  return network::read_options<Options>(attributes);
}

template <typename Options>
const double rate = Options{}.learning_rate.value;

network::Registry<Kind>& registry() {
  using A = Attributes;
  static network::Registry<Kind> registry(
      "an", "optimizer",
      {{"gd",
        {[](const A& a) { return make_sgd("gd", options_from<Sgd>("gd", a)); }, rate<Sgd>, true}},
       {"sgd",
        {[](const A& a) { return make_sgd("sgd", options_from<Sgd>("sgd", a)); }, rate<Sgd>}},
       {"adam",
        {[](const A& a) { return make_adam("adam", options_from<Adam>("adam", a)); }, rate<Adam>}},
       {"adamw",
        {[](const A& a) { return make_adam("adamw", options_from<Adam>("adamw", a)); },
         rate<Adam>}},
       {"nadam",
        {[](const A& a) { return make_nadam(options_from<NAdam>("nadam", a)); }, rate<NAdam>}},
       {"radam",
        {[](const A& a) { return make_radam(options_from<Adam>("radam", a)); }, rate<Adam>}},
       {"rmsprop",
        {[](const A& a) { return make_rmsprop(options_from<RmsProp>("rmsprop", a)); },
         rate<RmsProp>}},
       {"adagrad",
        {[](const A& a) { return make_adagrad(options_from<Adagrad>("adagrad", a)); },
         rate<Adagrad>}},
       {"lamb", {[](const A& a) { return make_lamb(options_from<Adam>("lamb", a)); }, rate<Adam>}},
       {"lars", {[](const A& a) { return make_lars(options_from<Lars>("lars", a)); }, rate<Lars>}},
       {"lion", {[](const A& a) { return make_lion(options_from<Lion>("lion", a)); }, rate<Lion>}},
       {"muon", {[](const A& a) { return make_muon(options_from<Muon>("muon", a)); }, rate<Muon>}},
       {"lbfgs",
        {[](const A& a) { return make_lbfgs(options_from<Lbfgs>("lbfgs", a)); }, rate<Lbfgs>,
         true}}});
  return registry;
}

}  // namespace

OptimizerPtr make_optimizer(std::string_view kind, const Attributes& attributes) {
  return registry().find(kind).make(attributes);
}

OptimizerSetting default_optimizer(std::string_view kind) {
  const Kind found = registry().find(kind);
  return {.optimizer = found.make({}),
          .learning_rate = found.learning_rate,
          .full_batch = found.full_batch};
}

void register_optimizer(std::string kind, OptimizerFactory factory, double learning_rate) {
  registry().add(std::move(kind), {factory, learning_rate});
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
