#pragma once
// One factory per kind of optimiser, each in a file of its own, with the names of its options;
// registry.cpp has the table.

#include "network/options.hpp"
#include "ridgeline/optimizers.hpp"

namespace ridgeline {

template <>
inline constexpr auto network::fields<Sgd> = std::tuple(Field{"momentum", &Sgd::momentum},
                                                        Field{"nesterov", &Sgd::nesterov});
template <>
inline constexpr auto network::fields<Adam> = std::tuple(Field{"beta1", &Adam::beta1},
                                                         Field{"beta2", &Adam::beta2},
                                                         Field{"epsilon", &Adam::epsilon});
template <>
inline constexpr auto network::fields<NAdam> =
    std::tuple(Field{"beta1", &NAdam::beta1}, Field{"beta2", &NAdam::beta2},
               Field{"epsilon", &NAdam::epsilon}, Field{"momentum_decay", &NAdam::momentum_decay});
template <>
inline constexpr auto network::fields<RmsProp> = std::tuple(Field{"rho", &RmsProp::rho},
                                                            Field{"momentum", &RmsProp::momentum},
                                                            Field{"epsilon", &RmsProp::epsilon},
                                                            Field{"centered", &RmsProp::centered});
template <>
inline constexpr auto network::fields<Adagrad> = std::tuple(Field{"initial_accumulator",
                                                                  &Adagrad::initial_accumulator},
                                                            Field{"epsilon", &Adagrad::epsilon});
template <>
inline constexpr auto network::fields<Lars> = std::tuple(Field{"momentum", &Lars::momentum},
                                                         Field{"trust", &Lars::trust});
template <>
inline constexpr auto network::fields<Lion> = std::tuple(Field{"beta1", &Lion::beta1},
                                                         Field{"beta2", &Lion::beta2});
template <>
inline constexpr auto network::fields<Muon> =
    std::tuple(Field{"momentum", &Muon::momentum}, Field{"nesterov", &Muon::nesterov},
               Field{"newton_schulz", &Muon::newton_schulz}, Field{"beta1", &Muon::beta1},
               Field{"beta2", &Muon::beta2}, Field{"epsilon", &Muon::epsilon});
template <>
inline constexpr auto network::fields<Lbfgs> = std::tuple(Field{"history", &Lbfgs::history});

namespace optimize {

using OptimizerPtr = std::shared_ptr<const Optimizer>;

OptimizerPtr make_sgd(std::string_view kind, const Sgd& options);
OptimizerPtr make_adam(std::string_view kind, const Adam& options);
OptimizerPtr make_radam(const Adam& options);
OptimizerPtr make_lamb(const Adam& options);
OptimizerPtr make_nadam(const NAdam& options);
OptimizerPtr make_rmsprop(const RmsProp& options);
OptimizerPtr make_adagrad(const Adagrad& options);
OptimizerPtr make_lars(const Lars& options);
OptimizerPtr make_lion(const Lion& options);
OptimizerPtr make_muon(const Muon& options);
OptimizerPtr make_lbfgs(const Lbfgs& options);

/// An optimiser that is set by a struct of options.
template <typename OptionsType>
class SetBy : public Optimizer {
 public:
  using Options = OptionsType;
  SetBy(std::string_view kind, Options options) : kind_(kind), options_(std::move(options)) {}

  std::string_view kind() const final { return kind_; }
  Attributes attributes() const final { return network::write_options(options_); }

 protected:
  std::string kind_;
  Options options_;
};

/// What the options say beside the optimiser.
template <typename Options>
OptimizerSetting setting(OptimizerPtr optimizer, const Options& options) {
  return {.optimizer = std::move(optimizer),
          .learning_rate = options.learning_rate,
          .clip_norm = options.clip_norm,
          .clip_value = options.clip_value};
}

/// Throws UsageError unless low <= value < high.
void check_range(std::string_view key, double value, double low, double high);
/// Throws UsageError unless 1 <= value <= most.
void check_whole(std::string_view key, std::int64_t value, std::int64_t most);
/// Of beta1, beta2 and, where there is one, epsilon.
template <typename Options>
void check_averages(const Options& options) {
  check_range("optimizer.beta1", options.beta1, 0, 1);
  check_range("optimizer.beta2", options.beta2, 0, 1);
  if constexpr (requires { options.epsilon; }) {
    check_range("optimizer.epsilon", options.epsilon, 1e-30, 1e30);
  }
}

}  // namespace optimize
}  // namespace ridgeline
