// The advice of verdicts. No advice takes back another.
#include "diagnose/advice.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <regex>
#include <set>

#include "diagnose/made.hpp"
#include "tensor/random.hpp"

namespace ridgeline::diagnose {
namespace {

using test::Made;
using testing::HasSubstr;

// The statistics of a recorded training of the article's network on Fashion-MNIST with the default
// optimiser: only kernels, in the network's order.
struct Kernel {
  double gradient, weight, shrink, penalty_gradient, rate;
};
struct Recorded {
  std::int64_t steps;
  double l2, train_loss, penalty, validation_loss, error;
  std::array<Kernel, 4> kernels;
};

Made article(std::span<const Recorded> epochs) {
  Made made(preset("article-cnn", 10), {1, 28, 28});
  for (const Recorded& recorded : epochs) {
    Epoch& epoch = made.add(recorded.train_loss, recorded.validation_loss, recorded.error);
    epoch.train.penalty = recorded.penalty;
    epoch.train.objective = recorded.train_loss + recorded.penalty;
    epoch.statistics.steps = recorded.steps;
    made.regularize = l2(recorded.l2);
    for (std::size_t k = 0; k < recorded.kernels.size(); ++k) {
      const auto [gradient, weight, shrink, penalty, rate] = recorded.kernels[k];
      epoch.statistics.parameters[2 * k] = {.gradient_norm = gradient,
                                            .weight_norm = weight,
                                            .update_ratio = 0.01,
                                            .shrink = shrink,
                                            .penalty_gradient = penalty,
                                            .effective_rate = rate};
    }
  }
  return made;
}

// Three epochs of 20,000 images reach 87.2 % of the test images with l2 = 1e-4, and 82.8 % with the
// 65-fold strength, at which it "would act within this training".
TEST(Advice, AsksForNoStrongerPenaltyWhereStepsAreFew) {
  const std::array<Recorded, 3> epochs{{{563,
                                         1e-4,
                                         0.6227,
                                         0.01367,
                                         0.4346,
                                         0.01937,
                                         {{{0.5581, 1.736, 8.602e-07, 0.0001736, 0.00308},
                                           {0.6935, 7.607, 5.004e-06, 0.0007607, 0.000895},
                                           {1.239, 14.04, 7.317e-06, 0.001404, 0.0003669},
                                           {1.781, 3.891, 5.759e-07, 0.0003891, 0.0003633}}}},
                                        {563,
                                         1e-4,
                                         0.4051,
                                         0.01619,
                                         0.3462,
                                         0.01722,
                                         {{{0.6119, 2.004, 6.99e-07, 0.0002004, 0.001748},
                                           {0.5964, 8.792, 5.208e-06, 0.0008792, 0.0006743},
                                           {0.8214, 15.09, 9.223e-06, 0.001509, 0.0004045},
                                           {1.373, 3.818, 4.709e-07, 0.0003818, 0.000323}}}},
                                        {563,
                                         1e-4,
                                         0.3522,
                                         0.01861,
                                         0.3084,
                                         0.01567,
                                         {{{0.6362, 2.195, 6.655e-07, 0.0002195, 0.001387},
                                           {0.5165, 9.566, 5.716e-06, 0.0009566, 0.0006253},
                                           {0.7232, 16.14, 9.528e-06, 0.001614, 0.0003664},
                                           {1.194, 3.918, 5.066e-07, 0.0003918, 0.0003303}}}}}};
  const Verdicts found = verdicts(article(epochs).record());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, "too-few-steps");
  EXPECT_EQ(found[0].advice, "a longer training: train.epochs=12 train.patience=3");
}

// One epoch of 500 images: 46.6 % with l2 = 1e-4, 29.2 % with 2096 times that.
TEST(Advice, DoesNotAskForMoreAndThenForLess) {
  const std::array<Recorded, 1> before{{{15,
                                         1e-4,
                                         2.053,
                                         0.01421,
                                         1.644,
                                         0.09743,
                                         {{{0.4312, 1.433, 3.269e-06, 0.0001433, 0.016},
                                           {0.6192, 6.575, 1.47e-05, 0.0006575, 0.003402},
                                           {1.099, 14.84, 3.181e-05, 0.001484, 0.001422},
                                           {0.5867, 4.212, 6.42e-06, 0.0004212, 0.0036}}}}}};
  const Verdicts first = verdicts(article(before).record());
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].kind, "too-few-steps");
  EXPECT_EQ(first[0].advice, "a longer training: train.epochs=4 train.patience=3");

  const std::array<Recorded, 1> after{{{15,
                                        0.2096,
                                        2.255,
                                        23.4,
                                        2.212,
                                        0.01306,
                                        {{{0.1866, 1.338, 0.008631, 0.2804, 0.02305},
                                          {0.36, 5.812, 0.02019, 1.218, 0.00292},
                                          {0.6665, 12.82, 0.03063, 2.687, 0.0009354},
                                          {0.1856, 4.032, 0.008148, 0.8452, 0.002397}}}}}};
  const Verdicts second = verdicts(article(after).record());
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].kind, "penalty-dominates");
  EXPECT_EQ(second[0].advice, "a tenth of regularize.l2 (0.021)");
}

TEST(Advice, OfALongerTrainingOnlyWhereTheLossWasFalling) {
  Made made;
  made.add(1, 0.9, 0.01);
  EXPECT_EQ(longer_training(made.record()), "a longer training: train.epochs=4 train.patience=3");
  made.epochs[0].validation->data_loss_error = 0.06;
  EXPECT_EQ(longer_training(made.record()), "");
  made.add(0.8, 0.7, 0.01);
  EXPECT_EQ(longer_training(made.record()), "a longer training: train.epochs=8 train.patience=3");
  made.add(0.7, 0.69, 0.01);
  EXPECT_EQ(longer_training(made.record()), "");
  made.epochs[2].validation.reset();
  EXPECT_EQ(longer_training(made.record()), "");
}

TEST(Advice, HasTheSelectionAsACommand) {
  Made made;
  made.regularize = l2(0.3);
  Record record = made.record();
  record.experiment = "runs/first/experiment.toml";
  EXPECT_EQ(weaker_penalty(record),
            "a tenth of regularize.l2 (0.03), or what `ridgeline select runs/first/experiment.toml "
            "'select.over={\"regularize.l2\"={min=3e-05,max=0.3}}'` "
            "chooses");
  record.experiment = "my runs/it's/experiment.toml";
  EXPECT_THAT(weaker_penalty(record), HasSubstr("select 'my runs/it'\\''s/experiment.toml' '"));
  record.regularize.l1 = 1;  // both must be smaller at once
  EXPECT_EQ(weaker_penalty(record), "a tenth of regularize.l2 (0.03) and of regularize.l1 (0.1)");
}

TEST(Advice, OfTheObjectiveAlone) {
  Made made;
  made.regularize = {.l2 = 0.3, .decay = 2};
  EXPECT_EQ(weaker_penalty(made.record()),
            "a tenth of regularize.l2 (0.03) and of regularize.decay (0.2)");
  EXPECT_EQ(weaker_penalty_in_objective(made.record()), "a tenth of regularize.l2 (0.03)");
  Made activity(Network{flatten(), activity_regularization({.l2 = 1}), test::output()});
  activity.regularize = {};
  EXPECT_EQ(weaker_penalty_in_objective(activity.record()),
            "a tenth of the strengths of the activity_regularization layers");
}

TEST(Advice, NamesTheStrengthsInForce) {
  Made made;
  made.regularize = {.l2 = 0.3, .decay = Schedule{}, .max_norm = 2};
  EXPECT_EQ(weaker_penalty(made.record()), "a tenth of regularize.l2 (0.03)");
  made.regularize.l1.kind = "linear";
  made.regularize.l1.to = 1;
  EXPECT_EQ(weaker_penalty(made.record()), "a tenth of regularize.l2 (0.03) and of regularize.l1");
  made.regularize = {};
  EXPECT_EQ(weaker_penalty(made.record()), "");
  made.regularize.rules = {{.match = "dense*", .l2 = 0, .max_norm = 3}};
  EXPECT_EQ(weaker_penalty(made.record()), "");
  made.regularize.rules[0].l2 = 1;
  EXPECT_EQ(weaker_penalty(made.record()), "a tenth of the rules' strengths");
}

// What an advice changes, and in which direction. Each text must be known here.
using Change = std::pair<std::string, std::string>;
std::vector<Change> changes(const Verdict& verdict, std::size_t epochs) {
  const std::string& advice = verdict.advice;
  if (advice.empty()) return {};
  if (advice == "optimizer.clip_norm=1") return {{"clip_norm", "on"}};
  if (advice.starts_with("train.average=ema")) return {{"average", "on"}};
  if (advice.find("kernel_initializer = \"he_normal\"") != std::string::npos) {
    return {{"network", "he_normal"}};
  }
  if (advice.starts_with("a tenth of optimizer.learning_rate")) return {{"learning rate", "down"}};
  if (advice.starts_with("a tenth of regularize.")) return {{"penalty", "down"}};
  if (advice.starts_with("regularize.") && advice.find(" divided by ") != std::string::npos) {
    return {{"penalty", "down"}};
  }
  std::smatch match;
  static const std::regex longer("a longer training: train.epochs=([0-9]+) train.patience=3");
  if (std::regex_match(advice, match, longer) && std::stoul(match[1]) > epochs) {
    return {{"epochs", "up"}};
  }
  ADD_FAILURE() << "what does '" << advice << "' change?";
  return {};
}

double between(Random& random, double low, double high) {
  return low * std::pow(high / low, random.uniform_double());
}

// Numbers of every size that a training can leave, independent of each other.
Made any_training(Random& random) {
  const Network norm{conv2d({.filters = 4}), batch_norm2d(), activation("relu"), flatten(),
                     test::output()};
  static const std::array networks{Made(),
                                   Made(test::deep(5, "relu")),
                                   Made(test::deep(5, "sigmoid")),
                                   Made(test::deep(4, "relu", "he_normal")),
                                   Made(test::residual(5)),
                                   Made(norm)};
  Made made = networks[random.below(networks.size())];
  made.regularize = random.below(2) == 0 ? l2(between(random, 1e-9, 10))
                                         : Regularize{.l1 = between(random, 1e-9, 10)};
  const auto count = 1 + random.below(5);
  const bool alike = random.below(2) == 0;  // in real trainings, all kernels shrink equally
  const double shrink = between(random, 1e-9, 1);
  for (std::size_t e = 0; e < count; ++e) {
    Epoch& epoch =
        made.add(between(random, 0.01, 3), between(random, 0.01, 3), between(random, 1e-4, 0.3));
    epoch.train.penalty = between(random, 1e-4, 30);
    epoch.train.objective = epoch.train.data_loss + epoch.train.penalty;
    epoch.statistics.steps = 1 + static_cast<std::int64_t>(random.below(2000));
    for (ParameterStatistics& s : epoch.statistics.parameters) {
      s = {.gradient_norm = between(random, 1e-3, 10),
           .weight_norm = between(random, 1e-3, 100),
           .update_ratio = between(random, 1e-4, 1),
           .shrink = alike ? shrink : between(random, 1e-9, 1),
           .penalty_gradient = between(random, 1e-6, 10),
           .effective_rate = between(random, 1e-5, 1),
           .largest_gradient = between(random, 1e-3, 1e7),
           .largest_update = between(random, 1e-4, 2)};
    }
    for (ActivationStatistics& a : epoch.statistics.activations) {
      a.rms = between(random, 1e-4, 1e4);
      if (random.below(3) == 0) a.dead = random.uniform_double();
    }
  }
  return made;
}

// No two pieces of advice change a setting in opposite directions. This holds for the verdicts of
// one training, and for those of a training that followed the advice on another.
TEST(Advice, GoesOneWayOnly) {
  Random random(5, Purpose::test);
  std::map<std::string, std::set<std::string>> directions;
  std::set<std::string> kinds;
  for (int i = 0; i < 5000; ++i) {
    const Made made = any_training(random);
    Record record = made.record();
    record.diverged = random.below(4) == 0;
    if (record.diverged && random.below(2) == 0) {
      record.overshoot = {"l2", between(random, 2, 1e4), "dense_1"};
    }
    for (const Verdict& verdict : verdicts(record)) {
      kinds.insert(verdict.kind);
      for (const auto& [what, direction] : changes(verdict, made.epochs.size())) {
        directions[what].insert(direction);
      }
    }
  }
  EXPECT_EQ(kinds.size(), 12u) << testing::PrintToString(kinds);  // every verdict was given
  EXPECT_EQ(directions.size(), 6u) << testing::PrintToString(directions);
  for (const auto& [what, ways] : directions) {
    EXPECT_EQ(ways.size(), 1u) << what << ": " << testing::PrintToString(ways);
  }
}

}  // namespace
}  // namespace ridgeline::diagnose
