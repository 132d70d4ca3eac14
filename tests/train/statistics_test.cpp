#include "train/statistics.hpp"

#include <cmath>

#include "train/probe.hpp"
#include "train/support.hpp"

namespace ridgeline::train {
namespace {

using test::pictures;

// One parameter with |w| = 5, |w|_1 = 7, |g| = 2 and a step of norm 0.1.
ParameterStatistics after_one_step(const OptimizerSetting& optimizer, const Penalty& penalty) {
  EpochStatistics sums;
  engine::UpdateReport report;
  report.parameters.push_back(
      {.weight_square = 25, .weight_absolute = 7, .gradient_square = 4, .update_square = 0.01});
  engine::UpdateRule rule{.optimizer = optimizer.optimizer.get(), .learning_rate = 0.01};
  rule.penalties = {penalty};
  add_step(sums, of_step(report, rule));
  add_step(sums, of_step(report, rule));
  EXPECT_EQ(sums.steps, 2);
  return means(sums).parameters[0];
}

TEST(Statistics, OfAStepOfSgd) {
  const ParameterStatistics s =
      after_one_step(sgd({.momentum = 0.9}), {.l2 = 0.2, .l1 = 0.1, .decay = 0.5});
  EXPECT_DOUBLE_EQ(s.gradient_norm, 2);
  EXPECT_DOUBLE_EQ(s.weight_norm, 5);
  EXPECT_DOUBLE_EQ(s.update_ratio, 0.1 / 5);
  EXPECT_DOUBLE_EQ(s.penalty, 0.1 * 25 + 0.1 * 7);
  EXPECT_DOUBLE_EQ(s.penalty_gradient, 0.2 * 5 + 0.1 * 7 / 5);
  const double step = 0.01 / (1 - 0.9);
  EXPECT_DOUBLE_EQ(s.shrink, 0.01 * 0.5 + step * (0.2 + 0.1 * 7 / 25));
  EXPECT_DOUBLE_EQ(s.effective_rate, step / 25);
  EXPECT_DOUBLE_EQ(s.penalty_share(), s.shrink / (s.shrink + step * 2 / 5));
}

TEST(Statistics, MeansAndTheLargestOfAStep) {
  EpochStatistics sums;
  for (const double size : {1.0, 6.0, 2.0}) {
    ParameterStatistics step{.gradient_norm = size, .weight_norm = 2 * size};
    step.largest_gradient = step.gradient_norm;
    add_step(sums, {step});
  }
  const ParameterStatistics s = means(sums).parameters[0];
  EXPECT_DOUBLE_EQ(s.gradient_norm, 3);
  EXPECT_DOUBLE_EQ(s.weight_norm, 6);
  EXPECT_DOUBLE_EQ(s.largest_gradient, 6);
}

TEST(Statistics, OfAStepAsMeasured) {
  const ParameterStatistics coupled = after_one_step(adam(), {.l2 = 0.2});
  const double step = 0.1 / std::hypot(2, 1);
  EXPECT_DOUBLE_EQ(coupled.effective_rate, step / 25);
  EXPECT_DOUBLE_EQ(coupled.shrink, step * 0.2);
  // Decay alone would take more than the whole step.
  const ParameterStatistics decayed = after_one_step(adamw(), {.decay = 4});
  EXPECT_DOUBLE_EQ(decayed.shrink, 0.01 * 4);
  EXPECT_DOUBLE_EQ(decayed.effective_rate, 0.01 * 4 * 5 / 2 / 25);
  EXPECT_DOUBLE_EQ(decayed.penalty_share(), 0.5);
}

TEST(Statistics, OfWhatHasNoWeightOrGradient) {
  EpochStatistics sums;
  engine::UpdateReport report;
  report.parameters.resize(1);
  const auto optimizer = adam();
  engine::UpdateRule rule{.optimizer = optimizer.optimizer.get(), .learning_rate = 0.01};
  rule.penalties = {{.l2 = 1, .l1 = 1, .decay = 1}};
  add_step(sums, of_step(report, rule));
  EXPECT_EQ(means(sums).parameters[0], ParameterStatistics{});
}

TEST(Statistics, RowsReadBackToTheBit) {
  const StatisticsSize size{2, 3};
  EpochStatistics looked{.steps = 7, .parameters = {{1, 2, 3, 4, 5, 6, 1.0 / 3, 8, 9}, {}}};
  looked.activations = {{0.1, 0.2, 0.3}, {}, {1, 2, 1}};
  EpochStatistics other = looked;
  other.activations.clear();
  std::vector<double> rows;
  for (const EpochStatistics& epoch : {looked, other, EpochStatistics{}}) {
    append_row(rows, epoch, size);
  }
  ASSERT_EQ(rows.size(), 3 * size.columns());
  const std::span<const double> all = rows;
  EXPECT_EQ(statistics_of(all.first(size.columns()), size), looked);
  EXPECT_EQ(statistics_of(all.subspan(size.columns(), size.columns()), size), other);
  EXPECT_EQ(statistics_of(all.last(size.columns()), size), EpochStatistics{});
}

// In an epoch of one step of SGD without a penalty the step is learning rate * gradient.
TEST(Statistics, OfATraining) {
  ModelOptions options = test::small_options();
  options.optimizer = sgd({.learning_rate = 0.05});
  options.regularize = {};
  Model model(test::small_network(), options);
  const auto before = model.weights("conv2d_1.kernel");
  const History history = model.fit(pictures(30), {.epochs = 1, .batch = 30});
  const auto after = model.weights("conv2d_1.kernel");
  double weight = 0, update = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    weight += before[i] * before[i];
    update += (after[i] - before[i]) * (after[i] - before[i]);
  }
  const EpochStatistics& statistics = history.epochs[0].statistics;
  EXPECT_EQ(statistics.steps, 1);
  ASSERT_EQ(statistics.parameters.size(), 4u);
  const ParameterStatistics& s = statistics.parameters[0];
  EXPECT_NEAR(s.weight_norm, std::sqrt(weight), 1e-5);
  EXPECT_NEAR(s.update_ratio, std::sqrt(update / weight), 1e-5);
  EXPECT_NEAR(s.gradient_norm, std::sqrt(update) / 0.05, 1e-3 * s.gradient_norm);
  EXPECT_EQ(s.shrink, 0);
  ASSERT_EQ(statistics.activations.size(), 4u);
}

TEST(Statistics, TheShrinkOfSgdIsTheLearningRateTimesThePenalties) {
  ModelOptions options = test::small_options();
  options.optimizer = sgd({.learning_rate = 0.05});
  options.regularize = {.l2 = 0.01, .decay = 0.02};
  Model model(test::small_network(), options);
  const History history = model.fit(pictures(30), {.epochs = 2, .batch = 10});
  const auto& parameters = history.epochs[1].statistics.parameters;
  EXPECT_NEAR(parameters[0].shrink, 0.05 * 0.03, 1e-12);
  EXPECT_EQ(parameters[1].shrink, 0);  // a bias
}

TEST(Probe, LooksAtFewEnoughImages) {
  ModelCore core(test::small_network(), test::small_options());
  const auto looks = [&](int images, int epochs) {
    const Probe probe(core, pictures(images));
    int due = 0;
    for (int epoch = 1; epoch <= epochs; ++epoch) due += probe.due(epoch);
    return due;
  };
  EXPECT_EQ(looks(64 * 512, 5), 5);
  EXPECT_EQ(looks(64 * 256, 10), 5);
  EXPECT_EQ(looks(60, 511), 0);
  EXPECT_EQ(looks(60, 1024), 2);
}

TEST(Probe, LooksAtTheLastEpoch) {
  Model model = test::small_model();
  const History history = model.fit(pictures(30), {.epochs = 2, .batch = 10});
  EXPECT_TRUE(history.epochs[0].statistics.activations.empty());
  const auto& layers = history.epochs[1].statistics.activations;
  ASSERT_EQ(layers.size(), 4u);
  // The mean of three probabilities.
  EXPECT_NEAR(layers[3].mean_absolute, 1.0 / 3, 1e-6);
  EXPECT_GE(layers[3].rms, layers[3].mean_absolute);
  EXPECT_NEAR(layers[1].rms, layers[2].rms, 1e-6);  // flattened
}

// The units that a large negative bias silences, and no others.
TEST(Probe, CountsDeadUnits) {
  ModelCore core(
      Network{conv2d({.filters = 4, .activation = "relu", .bias_initializer = "constant(1)"}),
              max_pool2d(), flatten(), dense({.units = 3, .activation = "softmax"})},
      test::small_options());
  core.state.weights(1)[2] = -100;
  core.state.touch();
  const auto layers = Probe(core, pictures(100)).look();
  EXPECT_EQ(layers[0].dead, 0.25);
  EXPECT_EQ(layers[1].dead, 0);  // has no ReLU of its own
}

TEST(Probe, WhereThereAreNoStatisticsOthersStayAsTheyAre) {
  Model with = test::small_model(), without = test::small_model();
  const Dataset data = pictures(60);
  const FitOptions options{.epochs = 3, .batch = 10};
  FitOptions plain = options;
  plain.statistics = false;
  with.fit(data, options);
  without.fit(data, plain);
  EXPECT_TRUE(test::same(test::all_weights(with), test::all_weights(without)));
}

}  // namespace
}  // namespace ridgeline::train
