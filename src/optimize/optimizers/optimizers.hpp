#pragma once
// One factory per kind of optimiser, each in a file of its own, with the names of its options;
// registry.cpp has the table.

#include "network/options.hpp"
#include "ridgeline/optimizers.hpp"

namespace ridgeline {

namespace optimize {

// Options that several kinds have.
template <typename Options>
constexpr auto beta1_option =
    network::option("beta1", &Options::beta1,
                    "the share of the average of gradients kept in a step", limits::fraction);
template <typename Options>
constexpr auto beta2_option = network::option("beta2", &Options::beta2,
                                              "the same for the average of their squares",
                                              limits::fraction);
template <typename Options>
constexpr auto epsilon_option = network::option("epsilon", &Options::epsilon,
                                                "added to the root that a step is divided by",
                                                limits::positive);
template <typename Options>
constexpr auto momentum_option = network::option("momentum", &Options::momentum,
                                                 "the share of the velocity kept in a step",
                                                 limits::fraction);
template <typename Options>
constexpr auto nesterov_option = network::option("nesterov", &Options::nesterov,
                                                 "look a step of the velocity ahead");

}  // namespace optimize

template <>
inline constexpr auto network::fields<Sgd> = std::tuple(optimize::momentum_option<Sgd>,
                                                        optimize::nesterov_option<Sgd>);
template <>
inline constexpr auto network::fields<Adam> = std::tuple(optimize::beta1_option<Adam>,
                                                         optimize::beta2_option<Adam>,
                                                         optimize::epsilon_option<Adam>);
template <>
inline constexpr auto network::fields<NAdam> = std::tuple(
    optimize::beta1_option<NAdam>, optimize::beta2_option<NAdam>, optimize::epsilon_option<NAdam>,
    option("momentum_decay", &NAdam::momentum_decay, "how fast the momentum grows towards beta1",
           limits::not_negative));
template <>
inline constexpr auto network::fields<RmsProp> =
    std::tuple(option("rho", &RmsProp::rho, "the share of the average of squares kept in a step",
                      limits::fraction),
               optimize::momentum_option<RmsProp>, optimize::epsilon_option<RmsProp>,
               option("centered", &RmsProp::centered,
                      "divide by the gradient's deviation; not with regularize.l1"));
template <>
inline constexpr auto network::fields<Adagrad> = std::tuple(option("initial_accumulator",
                                                                   &Adagrad::initial_accumulator,
                                                                   "the initial sum of squares",
                                                                   limits::not_negative),
                                                            optimize::epsilon_option<Adagrad>);
template <>
inline constexpr auto network::fields<Lars> = std::tuple(
    optimize::momentum_option<Lars>,
    option("trust", &Lars::trust, "a kernel's step as a share of its norm", limits::positive));
template <>
inline constexpr auto network::fields<Lion> = std::tuple(optimize::beta1_option<Lion>,
                                                         optimize::beta2_option<Lion>);
template <>
inline constexpr auto network::fields<Muon> = std::tuple(
    optimize::momentum_option<Muon>, optimize::nesterov_option<Muon>,
    option("newton_schulz", &Muon::newton_schulz, "steps towards an orthogonal matrix",
           limits::count(1)),
    optimize::beta1_option<Muon>, optimize::beta2_option<Muon>, optimize::epsilon_option<Muon>);
template <>
inline constexpr auto network::fields<Lbfgs> =
    std::tuple(option("history", &Lbfgs::history,
                      "updates to remember, each with two numbers per weight", limits::count(1)));

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

/// An optimiser with a struct of options.
template <typename OptionsType>
class SetBy : public Optimizer {
 public:
  using Options = OptionsType;
  SetBy(std::string_view kind, Options options) : kind_(kind), options_(std::move(options)) {}

  std::string_view kind() const final { return kind_; }
  Attributes attributes() const final { return network::write_options(options_); }
  const Options& options() const { return options_; }

 protected:
  std::string kind_;
  Options options_;
};

/// The setting of the optimiser with the options that it does not read itself.
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
/// Checks beta1, beta2 and, if there is one, epsilon.
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
