// The slope of the validation loss over the strength of a penalty, against trainings with other
// strengths.

#include "train/hypergradient.hpp"

#include "train/fit.hpp"
#include "train/support.hpp"

namespace ridgeline::train {
namespace {

using ridgeline::test::pictures;

constexpr int images = 48, epochs = 2, batch = 16, updates = 6;

struct Setting {
  OptimizerSetting optimizer;
  Regularize regularize;
  std::string strength = "l2";
  double factor = 1;  // of the strength
};

struct Outcome {
  double loss = 0;  // of the validation images
  Hypergradient::Slope slope;
  std::vector<Hypergradient::Slope> of_parameters;
};

ModelCore core_of(const Setting& setting) {
  Regularize regularize = setting.regularize;
  (setting.strength == "l2" ? regularize.l2 : regularize.decay).value *= setting.factor;
  return {Network{flatten(), dense({.units = 8, .activation = "tanh"}),
                  dense({.units = 3, .activation = "softmax"})},
          {.input = {1, 6, 6},
           .optimizer = setting.optimizer,
           .regularize = regularize,
           .threads = 2,
           .shards = 2}};
}

Outcome train(const Setting& setting, const std::filesystem::path& run = {}, int stop_at = 0) {
  const Dataset validation = pictures(30, 7);
  Outcome outcome;
  std::atomic<bool> stop = false;
  // The second round continues an interrupted run.
  for (int round = stop_at > 0 ? 0 : 1; round < 2; ++round) {
    ModelCore core = core_of(setting);
    stop = false;
    Hypergradient hypergradient(
        core, validation,
        {.strength = setting.strength, .first = updates - 3, .batch = 30, .seed = 1});
    FitOptions fit{.epochs = epochs,
                   .batch = batch,
                   .validation_data = validation,
                   .run = run,
                   .resume = !run.empty(),
                   .stop = &stop};
    fit.callbacks.on_update = [&](const StepStatistics&) {
      stop = round == 0 && core.state.step >= stop_at;
    };
    const History history = Fit(core, pictures(images), fit, &hypergradient).run();
    EXPECT_EQ(history.interrupted, round == 0);
    if (history.interrupted) continue;
    outcome.loss = history.epochs.back().validation->data_loss;
    outcome.slope = hypergradient.slope();
    for (std::size_t p = 0; p < core.state.parameters().size(); ++p) {
      outcome.of_parameters.push_back(hypergradient.slope(p));
    }
    EXPECT_EQ(hypergradient.measured(), 3);
  }
  return outcome;
}

// The mean of the slopes after the last three updates is near the slope after the last but one;
// with so few small steps the Hessian, which the recurrence leaves out, matters little.
void check(Setting setting) {
  const double far = 0.1;
  const auto loss_after = [&](double shift) {
    setting.factor = std::exp(shift);
    return train(setting).loss;
  };
  const double difference = (loss_after(far) - loss_after(-far)) / (2 * far);
  setting.factor = 1;
  const Outcome here = train(setting);
  ASSERT_GT(std::abs(difference), 1e-4) << "the strength matters";
  EXPECT_NEAR(here.slope.mean / difference, 0.83, 0.12) << setting.optimizer.optimizer->kind();
  double sum = 0;
  for (const auto& slope : here.of_parameters) sum += slope.mean;
  EXPECT_NEAR(sum, here.slope.mean, 1e-9);
}

TEST(Hypergradient, IsTheSlopeOfTheValidationLoss) {
  check({sgd({.learning_rate = 0.01}), l2(0.5)});
  check({sgd({.learning_rate = 0.003, .momentum = 0.9}), l2(0.5)});
  check({sgd({.learning_rate = 0.01}), {.decay = 0.5}, "decay"});
  check({adamw({.learning_rate = 0.001}), {.decay = 5}, "decay"});
}

TEST(Hypergradient, ARuleThatSetsItsOwnStrengthHasNoSlope) {
  Regularize regularize = l2(0.5);
  regularize.rules = {{.match = "dense_1", .l2 = 0.5}};
  const Outcome outcome = train({sgd({.learning_rate = 0.01}), regularize});
  EXPECT_EQ(outcome.of_parameters[0].mean, 0) << "dense_1.kernel";
  EXPECT_NE(outcome.of_parameters[2].mean, 0) << "dense_2.kernel";
}

TEST(Hypergradient, DoesNotChangeTheTraining) {
  const Setting setting{adam({.learning_rate = 0.01}), l2(0.01)};
  ModelCore core = core_of(setting);
  const History history =
      Fit(core, pictures(images),
          {.epochs = epochs, .batch = batch, .validation_data = pictures(30, 7)})
          .run();
  EXPECT_EQ(history.epochs.back().validation->data_loss, train(setting).loss);
}

class HypergradientRun : public testing::Test {
 protected:
  HypergradientRun() { std::filesystem::remove_all(folder_); }
  ~HypergradientRun() override { std::filesystem::remove_all(folder_); }
  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("hypergradient-" + std::to_string(getpid()));
};

TEST_F(HypergradientRun, AnInterruptedTrainingEndsWithTheSameSlope) {
  const Setting setting{adam({.learning_rate = 0.01}), l2(0.01)};
  const Outcome whole = train(setting);
  for (const int stop_at : {2, 5}) {
    const Outcome parts = train(setting, folder_ / std::to_string(stop_at), stop_at);
    EXPECT_EQ(parts.slope.mean, whole.slope.mean);
    EXPECT_EQ(parts.slope.error, whole.slope.error);
    EXPECT_EQ(parts.loss, whole.loss);
  }
}

TEST(Hypergradient, RefusesWhatItCannotDifferentiate) {
  const auto refused = [](const OptimizerSetting& optimizer, const Regularize& regularize,
                          std::string_view strength) {
    const ModelCore core = core_of({optimizer, regularize});
    try {
      check_hypergradient(core, strength);
      return std::string();
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
  };
  EXPECT_EQ(refused(adam(), l2(0.1), "l2"), "");
  EXPECT_NE(refused(adam(), l2(0.1), "l1").find("not regularize.l1"), std::string::npos);
  EXPECT_NE(refused(rmsprop(), l2(0.1), "l2").find("not rmsprop"), std::string::npos);
  Schedule cosine = 0.1;
  cosine.kind = "cosine";
  EXPECT_NE(refused(adam(), {.l2 = cosine}, "l2").find("not a schedule"), std::string::npos);
  OptimizerSetting ahead = adam();
  ahead.lookahead.interval = 5;
  EXPECT_NE(refused(ahead, l2(0.1), "l2").find("lookahead"), std::string::npos);
}

}  // namespace
}  // namespace ridgeline::train
