// Penalties survive everything that happens to a model.

#include <algorithm>

#include "interop/json.hpp"
#include "support/random_regularize.hpp"
#include "train/core.hpp"
#include "train/in_force.hpp"
#include "train/support.hpp"

namespace ridgeline {
namespace {

using test::all_weights;
using test::Folder;
using test::pictures;

// With convolutions, a normalisation and a dense layer.
const std::vector<Parameter>& parameters() {
  static const std::vector<Parameter> list =
      infer(test::rich_network(), {1, test::side, test::side}).parameters;
  return list;
}

ModelOptions options_with(const Regularize& regularize) {
  ModelOptions options = test::small_options();
  options.optimizer = sgd({.learning_rate = 0.01, .momentum = 0.9});
  options.optimizer.learning_rate.kind = "cosine";
  options.regularize = regularize;
  return options;
}

TEST(Regularize, RandomRulesSurviveSavingAndLoading) {
  const Folder folder;
  for (std::uint64_t n = 0; n < 60; ++n) {
    SCOPED_TRACE(n);
    const Regularize regularize = test::random_regularize(n, parameters());
    const Network network = test::with_random_rules(n, test::rich_network(), parameters());
    const Model model(network, options_with(regularize));
    model.save(folder / "model.safetensors");
    const Model loaded = Model::load(folder / "model.safetensors");
    ASSERT_EQ(loaded.options().regularize, model.options().regularize);
    const std::size_t of_layers =
        loaded.options().regularize.rules.size() - regularize.rules.size();
    EXPECT_EQ(of_layers, Network(network).take_rules().size());
    EXPECT_EQ(loaded.network(), test::rich_network());
    EXPECT_EQ(loaded.summary(), model.summary());
  }
}

// Every term's memory, every schedule and the reference are in the checkpoint.
TEST(Regularize, RandomRulesSurviveAnInterruption) {
  const Dataset data = pictures(60);
  int trained = 0;
  for (std::uint64_t n = 0; n < 25; ++n) {
    SCOPED_TRACE(n);
    const Regularize regularize = test::random_regularize(n, parameters());
    const Network network = test::with_random_rules(n, test::rich_network(), parameters());
    const Folder whole_run, run;
    FitOptions fit{.epochs = 3, .batch = 10, .validation = 0.2};
    Model whole(network, options_with(regularize));
    fit.run = whole_run.path();
    const History expected = whole.fit(data, fit);

    Model first(network, options_with(regularize));
    fit.run = run.path();
    fit.callbacks.on_epoch = [](const Epoch&) { return false; };
    first.fit(data, fit);
    Model second(network, options_with(regularize));
    fit.callbacks = {};
    fit.resume = true;
    const History resumed = second.fit(data, fit);
    EXPECT_TRUE(test::same(all_weights(second), all_weights(whole)));
    ASSERT_EQ(resumed.epochs.size(), expected.epochs.size());
    EXPECT_EQ(resumed.epochs.back().train.penalty, expected.epochs.back().train.penalty);
    EXPECT_EQ(resumed.epochs.back().validation->penalty,
              expected.epochs.back().validation->penalty);
    trained += expected.epochs.back().train.penalty > 0;
  }
  EXPECT_GT(trained, 15);
}

// In older files, rules had only numbers, and only the base was saved as in force.
TEST(Regularize, FilesOfOlderProgramsSayWhatWasInForce) {
  const Folder folder;
  Regularize regularize{.l2 = 0.4};
  regularize.l2.kind = "linear";
  regularize.rules = {{.match = "dense*", .l2_factor = 2}, {.match = "conv*", .l1 = 0.5}};
  const Model model(test::small_network(), test::small_options());
  const auto read = [&](const interop::Metadata& metadata) {
    interop::SafetensorsWriter file;
    file.metadata = metadata;
    file.write(folder / "file");
    return train::read_in_force(interop::Safetensors::read(folder / "file"), regularize,
                                model.layout().parameters);
  };
  Regularize expected = regularize;
  expected.l2 = 0.1;
  EXPECT_EQ(read({{"base_l2", "0.1"}}), expected);
  expected.group_lasso = 0.3;
  const std::string base = R"({"l2":0.1,"l1":0.0,"decay":0.0,"group_lasso":0.3})";
  EXPECT_EQ(read({{"base", base}}), expected);
  EXPECT_EQ(read({{"in_force", interop::to_json(expected)}}), expected);

  const auto refusal = [&](const Regularize& wrong) {
    return test::message_of<DataError>([&] { read({{"in_force", interop::to_json(wrong)}}); });
  };
  EXPECT_NE(refusal({.rules = {{.match = "zzz", .l2 = 1}}}).find("'zzz' matches no parameter"),
            std::string::npos);
  EXPECT_NE(refusal({.max_norm = -3}).find("max_norm"), std::string::npos);
  EXPECT_NE(test::message_of<DataError>([&] { read({}); }).find("in_force"), std::string::npos);
}

// After the exclusions and the base, before the rules of the options.
TEST(Regularize, WhatALayerHasOfItsOwnAreTheFirstRules) {
  const auto conv = conv2d({.filters = 4}).regularize({.l2 = 0.5, .l1 = 0.25});
  const Network network{conv, max_pool2d(), flatten(),
                        dense({.units = test::classes, .activation = "softmax"})
                            .regularize({.l2_factor = 10})
                            .regularize({.decay = 0.1, .role = "bias"})};
  Regularize regularize{.l2 = 0.01};
  regularize.rules = {{.match = "conv*", .l1 = 0.125}};
  const Model model(network, options_with(regularize));
  Regularize expected = regularize;
  expected.rules = {{.match = "conv2d_1", .l2 = 0.5, .l1 = 0.25, .role = "kernel"},
                    {.match = "dense_1", .l2_factor = 10, .role = "kernel"},
                    {.match = "dense_1", .decay = 0.1, .role = "bias"},
                    regularize.rules[0]};
  EXPECT_EQ(model.options().regularize, expected);
  EXPECT_EQ(describe(expected, model.layout().parameters),
            (PenaltyTexts{"l2 0.5, l1 0.125", "l1 0.125", "l2 0.1", "decay 0.1"}));
  const Model again(model.network(), model.options());
  EXPECT_EQ(again.options().regularize, expected) << "not twice";

  ModelOptions options = options_with(l2(0));
  options.frozen = {"conv2d_1"};
  EXPECT_THROW(Model(network, options), UsageError) << "it reaches nothing";
  EXPECT_THROW(Model(Network{flatten().regularize({.l2 = 1}), dense({.units = test::classes})},
                     options_with(l2(0))),
               UsageError)
      << "there is no kernel";
}

TEST(Regularize, TheScheduleOfARuleIsFollowedStepByStep) {
  Schedule linear = 0.3;
  linear.kind = "linear";
  Regularize regularize{.l2 = 0.1};
  regularize.rules = {{.match = "dense*", .l2 = linear, .role = "kernel"}};
  Model model(test::small_network(), options_with(regularize));
  EXPECT_NE(model.summary().find("l2 0.3 → 0 linear"), std::string::npos);
  const Dataset data = pictures(60);
  model.fit(data, {.epochs = 2, .batch = 20, .restore_best = false});
  // The last of six steps begins when five are done.
  double penalty = 0;
  for (const auto& [name, l2] : {std::pair("conv2d_1.kernel", 0.1), {"dense_1.kernel", 0.05}}) {
    for (const float w : model.weights(name)) penalty += l2 / 2 * w * w;
  }
  EXPECT_NEAR(model.evaluate(data).penalty, penalty, 1e-6 * penalty);
}

TEST(Regularize, APenaltyThatReachesNothingIsAnError) {
  const auto refusal = [](Regularize regularize, std::vector<std::string> frozen = {}) {
    ModelOptions options = options_with(regularize);
    options.frozen = std::move(frozen);
    try {
      Model(test::small_network(), options);
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  Regularize excluded{.group_lasso = 0.5};
  excluded.exclude = {"kernel", "bias", "norm"};
  EXPECT_EQ(refusal(excluded),
            "regularize.group_lasso is 0.5 but applies to no parameter: regularize.exclude and "
            "frozen parameters leave none; set it to 0 or exclude less");
  EXPECT_NE(refusal({.l2 = 1e-3}, {"*"}), "") << "all are frozen";
  EXPECT_NE(refusal({.max_norm = 2}, {"*.kernel"}), "");
  Regularize later = excluded;
  later.group_lasso = 0;
  later.l1.kind = "linear";
  later.l1.to = 1;
  EXPECT_NE(refusal(later), "") << "a schedule that begins with 0 is a penalty too";
  Regularize rule;
  rule.rules = {{.match = "conv2d_1", .l2 = 0.1}};
  EXPECT_EQ(refusal(rule, {"conv2d_1"}),
            "regularize.rule 'conv2d_1' matches only parameters that are frozen");
  EXPECT_EQ(refusal(rule), "");
  Regularize factor{.l2 = 0.1};
  factor.exclude = excluded.exclude;
  factor.rules = {{.match = "dense_1.bias", .l2_factor = 2}};
  EXPECT_EQ(refusal(factor), "") << "the rule brings it somewhere";
}

TEST(Regularize, WhatNeedsAMetricIsRefusedWhereThereIsNone) {
  class Blind final : public Optimizer {
   public:
    std::string_view kind() const override { return "blind"; }
    Attributes attributes() const override { return {}; }
    int slots() const override { return 0; }
    bool has_metric() const override { return false; }
    void step(const StepInfo&, std::size_t, const float*, float* const*, float*,
              float*) const override {}
  };
  for (const Regularize& regularize : {Regularize{.l1 = 0.1}, Regularize{.group_lasso = 0.1}}) {
    ModelOptions options = options_with(regularize);
    options.optimizer.optimizer = std::make_shared<Blind>();
    EXPECT_THROW(Model(test::small_network(), options), UsageError);
  }
}

TEST(Regularize, ChangedInACallbackItActsAtTheNextStep) {
  const Dataset data = pictures(40);
  ModelOptions options = test::small_options();
  options.optimizer = sgd({.learning_rate = 0.1});
  options.regularize = l2(0);
  Model model(test::small_network(), options);
  std::vector<double> penalties;
  FitOptions fit{.epochs = 3, .batch = 40, .monitor = "train_data_loss", .restore_best = false};
  fit.callbacks.on_epoch = [&](const Epoch& epoch) {
    penalties.push_back(epoch.train.penalty);
    if (epoch.epoch == 1) model.set_regularize({.l2 = 0.5, .max_norm = 0.01});
    return true;
  };
  model.fit(data, fit);
  EXPECT_EQ(penalties[0], 0);
  EXPECT_GT(penalties[1], 0.1) << "of the weights before the second step, by the new λ";
  EXPECT_LT(penalties[2], 0.01) << "the second step has cut every filter's norm";
  EXPECT_THROW(model.set_regularize({.l2 = -1}), UsageError);
  EXPECT_EQ(model.options().regularize.l2, Schedule(0.5)) << "a refused change changes nothing";
}

TEST(Regularize, ChangedDuringTrainingItIsWhatAResumedRunGoesOnWith) {
  const Dataset data = pictures(60);
  Regularize changed{.l2 = 0.5, .spectral = 0.1};
  Schedule rising = 0;
  rising.kind = "linear";
  rising.to = 0.1;
  changed.rules = {{.match = "conv2d_1", .l1 = rising}};
  const auto train = [&](const std::filesystem::path& run, int stop_after) {
    Model model(test::small_network(), options_with(l2(0)));
    FitOptions fit{.epochs = 3, .batch = 10, .monitor = "train_data_loss", .run = run};
    fit.callbacks.on_epoch = [&](const Epoch& epoch) {
      if (epoch.epoch == 1) model.set_regularize(changed);
      return epoch.epoch != stop_after;
    };
    model.fit(data, fit);
    fit.resume = true;
    model = Model(test::small_network(), options_with(l2(0)));
    model.fit(data, fit);
    return all_weights(model);
  };
  const Folder whole, stopped;
  EXPECT_TRUE(test::same(train(whole.path(), 3), train(stopped.path(), 2)));
}

TEST(Regularize, TheNormThatIsFixedAndLookaheadExcludeEachOther) {
  ModelOptions options = options_with({.fixed_norm = 1});
  EXPECT_NO_THROW(Model(test::small_network(), options));
  options.optimizer = lookahead(options.optimizer, {.interval = 5});
  EXPECT_THROW(Model(test::small_network(), options), UsageError);
}

TEST(Regularize, AProportionalStrengthFollowsTheLearningRate) {
  Regularize regularize{.l2 = 0.4};
  regularize.l2.kind = "proportional";
  EXPECT_DOUBLE_EQ(regularize.at(3, 10, 0.25).l2.value, 0.1);
  EXPECT_FALSE(regularize.is_constant());
  Model model(test::small_network(), options_with(regularize));
  const History history = model.fit(pictures(60), {.epochs = 4, .batch = 10});
  for (const Epoch& epoch : history.epochs) {
    EXPECT_NEAR(epoch.l2, 0.4 * epoch.learning_rate / 0.01, 1e-12) << epoch.epoch;
  }
  ModelOptions itself = test::small_options();
  itself.optimizer.learning_rate.kind = "proportional";
  EXPECT_THROW(Model(test::small_network(), itself), UsageError);
}

TEST(Regularize, FineTuningIsPulledTowardsWhereItBegan) {
  const Dataset data = pictures(60);
  const auto moved = [&](double strength) {
    ModelOptions options = test::small_options();
    options.optimizer = sgd({.learning_rate = 0.05});
    options.regularize = {.l2_sp = strength};
    Model model(test::small_network(), options);
    const auto before = all_weights(model);
    model.fit(data, {.epochs = 10, .batch = 10});
    double square = 0;
    const auto after = all_weights(model);
    for (std::size_t i = 0; i < after.size(); ++i) {
      square += std::pow(after[i] - before[i], 2);
    }
    return std::sqrt(square);
  };
  EXPECT_LT(moved(5), 0.5 * moved(0));
}

TEST(Regularize, WhatItIsPulledTowardsIsInTheModelFile) {
  const Folder folder;
  ModelOptions options = test::small_options();
  options.regularize = {.l2_sp = 3};
  Model model(test::small_network(), options);
  const Dataset data = pictures(60);
  model.fit(data, {.epochs = 2, .batch = 10});
  model.save(folder / "model.safetensors");
  const double penalty = model.evaluate(data).penalty;
  EXPECT_GT(penalty, 0);
  EXPECT_EQ(Model::load(folder / "model.safetensors").evaluate(data).penalty, penalty);
}

TEST(Regularize, GroupLassoLeavesWholeFiltersAtZero) {
  ModelOptions options = test::small_options();
  options.regularize = {.group_lasso = 0.02};
  Model model(Network{conv2d({.filters = 12, .activation = "relu"}), max_pool2d(), flatten(),
                      dense({.units = test::classes, .activation = "softmax"})},
              options);
  model.fit(pictures(90), {.epochs = 30, .batch = 10});
  const auto kernel = model.weights("conv2d_1.kernel");
  int zero_filters = 0, zeros = 0;
  for (std::size_t f = 0; f < 12; ++f) {
    const auto filter = std::span(kernel).subspan(9 * f, 9);
    const auto count = std::ranges::count(filter, 0.0F);
    zeros += static_cast<int>(count);
    zero_filters += count == 9;
  }
  EXPECT_GT(zero_filters, 2);
  EXPECT_LT(zero_filters, 12);
  EXPECT_EQ(zeros, 9 * zero_filters) << "a filter is zero as a whole or not at all";

  Model small = model.shrunk();
  EXPECT_EQ(small.layout().parameters[0].spec.shape, (Shape{12 - zero_filters, 1, 3, 3}));
  const auto before = model.predict(pictures(30)), after = small.predict(pictures(30));
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_NEAR(after[i], before[i], 1e-6);
}

}  // namespace
}  // namespace ridgeline
