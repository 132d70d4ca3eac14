#include <fmt/format.h>

#include "experiment/build.hpp"
#include "network/options.hpp"

namespace ridgeline {

template <>
inline constexpr auto network::fields<experiment::OptimizerSection> = [] {
  using S = experiment::OptimizerSection;
  return std::tuple(Field{"momentum", &S::momentum}, Field{"nesterov", &S::nesterov},
                    Field{"beta1", &S::beta1}, Field{"beta2", &S::beta2},
                    Field{"epsilon", &S::epsilon}, Field{"momentum_decay", &S::momentum_decay},
                    Field{"rho", &S::rho}, Field{"centered", &S::centered},
                    Field{"initial_accumulator", &S::initial_accumulator},
                    Field{"trust", &S::trust}, Field{"newton_schulz", &S::newton_schulz},
                    Field{"history", &S::history});
}();

namespace experiment {

void take_defaults(OptimizerSection& section,
                   const std::function<bool(std::string_view field)>& given) {
  const OptimizerSetting standard = default_optimizer(section.kind);
  const Attributes attributes = standard.optimizer->attributes();
  if (!given("learning_rate")) section.learning_rate = standard.learning_rate;
  network::for_each_field<OptimizerSection>([&](const auto& field) {
    if (!given(field.name)) network::from_attribute(attributes, field.name, section.*field.member);
  });
}

OptimizerSetting build_optimizer(const Experiment& experiment) {
  const OptimizerSection& section = experiment.optimizer;
  const OptimizerSection plain;
  OptimizerSetting setting = default_optimizer(section.kind);
  const Attributes known = setting.optimizer->attributes();
  Attributes attributes;
  network::for_each_field<OptimizerSection>([&](const auto& field) {
    const auto& value = section.*field.member;
    if (known.find(field.name)) {
      attributes.set(std::string(field.name), value);
    } else if (value != plain.*field.member) {
      throw UsageError(fmt::format("optimizer.{} has no effect on {}", field.name, section.kind));
    }
  });
  setting.optimizer = make_optimizer(section.kind, attributes);
  setting.learning_rate = section.learning_rate;
  setting.clip_norm = section.clip_norm;
  setting.clip_value = section.clip_value;
  setting.lookahead = {.interval = section.lookahead, .alpha = section.lookahead_alpha};
  setting.lookahead.check();
  return setting;
}

}  // namespace experiment
}  // namespace ridgeline
