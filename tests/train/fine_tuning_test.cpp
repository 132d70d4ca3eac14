// Parameters that are frozen for some epochs, and learning rates of some parameters.
#include <gmock/gmock.h>

#include "train/support.hpp"

namespace ridgeline {
namespace {

using test::all_weights;
using test::Folder;
using test::message_of;
using test::pictures;
using test::rich_network;
using test::small_network;
using test::small_options;

ModelOptions frozen_options() {
  ModelOptions options = small_options();
  options.frozen = {"conv2d_1"};
  options.rate_rules = {{"conv2d_*", 0.5}, {"*.bias", 0.25}};
  return options;
}

TEST(FineTuning, UnfreezesAtItsEpoch) {
  Model model(small_network(), frozen_options());
  const std::vector<float> start = model.weights("conv2d_1.kernel");
  std::vector<bool> moved;
  FitOptions fit{.epochs = 4, .batch = 10, .restore_best = false, .unfreeze_at = 3};
  fit.callbacks.on_epoch = [&](const Epoch& epoch) {
    moved.push_back(model.weights("conv2d_1.kernel") != start);
    // Frozen parameters are not part of the penalty; the others are.
    EXPECT_EQ(epoch.statistics.parameters[0].penalty > 0, epoch.epoch >= 3);
    return true;
  };
  model.fit(pictures(60), fit);
  EXPECT_THAT(moved, testing::ElementsAre(false, false, true, true));

  // Another fit begins with the frozen parameters.
  const std::vector<float> before = model.weights("conv2d_1.kernel");
  model.fit(pictures(60), {.epochs = 1, .batch = 10});
  EXPECT_EQ(model.weights("conv2d_1.kernel"), before);
}

TEST(FineTuning, ResumesToTheSameBits) {
  const Dataset data = pictures(60);
  for (const int steps : {4, 12, 15, 20}) {
    SCOPED_TRACE(steps);
    const Folder run;
    FitOptions fit{.epochs = 4, .batch = 10, .validation = 0.2, .unfreeze_at = 3};
    Model whole(rich_network(), frozen_options());
    const History expected = whole.fit(data, fit);

    const auto trap = std::make_shared<test::Trap>();
    trap->shards_until = 2 * steps;
    ModelOptions options = frozen_options();
    options.loss = trap;
    Model first(rich_network(), options);
    fit.run = run.path();
    fit.stop = &trap->stop;
    EXPECT_TRUE(first.fit(data, fit).interrupted || steps == 20);
    Model second(rich_network(), frozen_options());
    fit.stop = nullptr;
    fit.resume = true;
    test::expect_same(second.fit(data, fit), expected);
    EXPECT_TRUE(test::same(all_weights(second), all_weights(whole)));
  }
}

TEST(FineTuning, SettingsBelongToWhatARunIsResumedWith) {
  const Folder run;
  FitOptions fit{.epochs = 1, .batch = 10, .unfreeze_at = 2, .run = run.path()};
  Model(small_network(), frozen_options()).fit(pictures(60), fit);
  fit.resume = true;
  ModelOptions other = frozen_options();
  other.rate_rules[0].learning_rate_factor = 0.3;
  EXPECT_THAT(message_of<UsageError>([&] { Model(small_network(), other).fit(pictures(60), fit); }),
              testing::HasSubstr("optimizer.rule"));
  fit.unfreeze_at = 3;
  EXPECT_THAT(message_of<UsageError>(
                  [&] { Model(small_network(), frozen_options()).fit(pictures(60), fit); }),
              testing::HasSubstr("was made with train.unfreeze_at = 2, not 3"));
}

TEST(FineTuning, RulesAreKeptInModelFiles) {
  const Folder folder;
  ModelOptions options = frozen_options();
  options.rate_rules = {{"conv2d_*", 0.1}, {"a glob with blanks", 2}};
  options.rate_rules.pop_back();
  options.rate_rules.push_back({"dense_?.*", 1e-3});
  Model(small_network(), options).save(folder / "m");
  EXPECT_EQ(Model::load(folder / "m").options().rate_rules, options.rate_rules);
}

TEST(FineTuning, RefusesRulesThatCannotBe) {
  const auto refused = [](RateRule rule, OptimizerSetting optimizer = adam()) {
    ModelOptions options = small_options();
    options.optimizer = std::move(optimizer);
    options.regularize = {};
    options.rate_rules = {std::move(rule)};
    return message_of<UsageError>([&] { Model(small_network(), options); });
  };
  EXPECT_EQ(refused({"conv3d", 0.1}), "optimizer.rule 'conv3d' matches no parameter");
  EXPECT_EQ(refused({"conv2d_1", 0}),
            "optimizer.rule 'conv2d_1': learning_rate_factor must be above 0, not 0: model.frozen "
            "keeps parameters as they are");
  EXPECT_EQ(refused({"conv2d_1", 0.1}, lbfgs()),
            "optimizer.rule needs an optimizer with a step for each parameter, and lbfgs has one "
            "step for all: use sgd or adam");
  EXPECT_EQ(message_of<UsageError>([] {
              test::small_model().fit(pictures(60), {.epochs = 2, .batch = 10, .unfreeze_at = 1});
            }),
            "train.unfreeze_at must be the number of an epoch after the first, or 0 for never, not "
            "1");
}

}  // namespace
}  // namespace ridgeline
