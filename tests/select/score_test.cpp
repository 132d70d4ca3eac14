#include "select/score.hpp"

#include "select/guess.hpp"
#include "select/support.hpp"
#include "select/trial_table.hpp"

namespace ridgeline::selection {
namespace {

using test::expect_error;

TEST(Score, MeanAndStandardErrorOverFolds) {
  const MeanAndError m = mean_and_error({1, 2, 3, 4});
  EXPECT_DOUBLE_EQ(m.mean, 2.5);
  EXPECT_NEAR(m.standard_error, std::sqrt(5.0 / 3) / 2, 1e-12);
  EXPECT_EQ(mean_and_error({3}).standard_error, 0);
}

TEST(Score, MeansOfMetricsKeepTheErrorOverAllImages) {
  const Metrics a{.data_loss = 1, .images = 50, .data_loss_error = 0.3};
  const Metrics b{.data_loss = 2, .images = 50, .data_loss_error = 0.4};
  const Metrics m = mean_of({a, b}, 2);
  EXPECT_DOUBLE_EQ(m.data_loss, 1.5);
  EXPECT_EQ(m.images, 100);
  EXPECT_DOUBLE_EQ(m.data_loss_error, 0.25);
  const Metrics c{.values = {{"accuracy", 0.5, 0.3}}}, d{.values = {{"accuracy", 0.75, 0.4}}};
  EXPECT_EQ(mean_of({c, d}, 2).values, (std::vector<MetricValue>{{"accuracy", 0.625, 0.25}}));
}

TEST(Score, TheMedianOfAnEvenNumberIsRoundedUp) {
  EXPECT_EQ(median({5, 1, 9}), 5);
  EXPECT_EQ(median({4, 7}), 6);
  EXPECT_EQ(median({}), 0);
}

TEST(Score, IsTheValidationsAndHasItsErrorOverTheImages) {
  const Epoch epoch{
      .train = {.data_loss = 9},
      .validation = Metrics{.data_loss = 1,
                            .images = 100,
                            .data_loss_error = 0.1,
                            .values = {{"accuracy", 0.5, 0.05}, {"top5", 0.8, 0.04}}}};
  EXPECT_EQ(score_of("val_data_loss", epoch), 1);
  EXPECT_EQ(score_of("val_top5", epoch), 0.8);
  EXPECT_TRUE(std::isnan(score_of("val_data_loss", {})));
  EXPECT_TRUE(std::isnan(score_of("val_f1_macro", epoch)));
  EXPECT_EQ(image_error_of("val_data_loss", epoch), 0.1);
  EXPECT_EQ(image_error_of("val_accuracy", epoch), 0.05);
  EXPECT_DOUBLE_EQ(image_error_of("val_top5", epoch), 0.04);
  EXPECT_EQ(image_error_of("val_penalty", epoch), 0);
}

TEST(Score, RefusesWhatIsNotMeasuredOnTheValidationImages) {
  expect_error<UsageError>([] { higher_is_better("train_accuracy", {}); }, "select.metric");
  expect_error<UsageError>([] { higher_is_better("accuracy", {}); }, "select.metric");
  expect_error<UsageError>([] { higher_is_better("test_accuracy", {}); },
                           "the test set is measured once, after the choice");
}

TEST(Score, KnowsItsDirectionFromTheMetric) {
  Trial trial;
  trial.validation = Metrics{.values = {{.name = "mine", .higher_is_better = false}}};
  EXPECT_FALSE(higher_is_better("val_mine", {trial}));
  EXPECT_TRUE(higher_is_better("val_accuracy", {}));
  EXPECT_FALSE(higher_is_better("val_ece", {}));
  EXPECT_FALSE(higher_is_better("val_data_loss", {}));
}

const std::vector<std::string> usual_lines{"accuracy", "top_k:5"};
const metrics::MetricSet usual(usual_lines, class_tensor);

Dataset labelled(std::vector<std::int32_t> labels, int classes) {
  std::vector<std::string> names;
  for (int c = 0; c < classes; ++c) names.push_back(std::to_string(c));
  const std::vector<float> pixels(labels.size());
  return from_memory(pixels, {1, 1, 1}, ImageLayout::nchw, labels, names);
}

TEST(Guess, OfACrossEntropyIsTheEntropyOfTheShares) {
  const Dataset data = labelled({0, 0, 0, 0, 0, 0, 1, 1, 1, 2}, 3);
  const auto guess = best_guess(data, *cross_entropy(), 3, usual);
  ASSERT_TRUE(guess);
  EXPECT_NEAR(guess->data_loss, -(0.6 * std::log(0.6) + 0.3 * std::log(0.3) + 0.1 * std::log(0.1)),
              1e-5);
  EXPECT_EQ(guess->values, (std::vector<MetricValue>{{"accuracy", 0.6}}));
  EXPECT_EQ(guess->images, 10);
}

TEST(Guess, OfASquaredErrorIsTheVarianceOfTheShares) {
  const Dataset data = labelled({0, 0, 0, 1}, 2);
  const auto guess = best_guess(data, *mean_squared_error(), 2, usual);
  ASSERT_TRUE(guess);
  EXPECT_NEAR(guess->data_loss, 0.75 * 0.25, 1e-6);
}

TEST(Guess, OfARareClassDependsOnItsWeight) {
  const Dataset data = labelled({0, 0, 0, 1}, 2);
  const auto guess = best_guess(data, *cross_entropy({.class_weights = {1, 3}}), 2, usual);
  ASSERT_TRUE(guess);
  EXPECT_NEAR(guess->data_loss, std::log(2.0), 1e-6);
}

TEST(Guess, IsNotKnownWithoutClasses) {
  const std::vector<float> pixels(4);
  const Dataset numbers(memory_images(pixels, {1, 1, 1}, ImageLayout::nchw),
                        std::vector<float>{1, 2, 3, 4}, 1);
  EXPECT_FALSE(best_guess(numbers, *mean_squared_error(), 1, usual));
  EXPECT_FALSE(best_guess(labelled({0, 1, 2}, 3), *cross_entropy(), 2, usual));
}

TEST(Score, ComparesThePredictions) {
  const SearchSpace penalty = log_range("regularize.l2", 1e-3, 1),
                    rate = log_range("optimizer.learning_rate", 1e-3, 1);
  for (const char* metric : {"val_data_loss", "val_accuracy", "val_top5"}) {
    EXPECT_NO_THROW(check_metric(metric, penalty, {{"accuracy"}, {"top5"}}));
  }
  EXPECT_NO_THROW(check_metric("val_objective", rate));
  expect_error<UsageError>([&] { check_metric("val_acuracy", rate, {{"accuracy"}}); },
                           "did you mean 'val_accuracy'");
  expect_error<UsageError>([&] { check_metric("val_mae", rate, {{"accuracy"}}); },
                           "the validation images give val_data_loss, val_objective, val_accuracy");
  EXPECT_THROW(check_metric("val_objective", penalty), UsageError);
  EXPECT_THROW(check_metric("val_penalty", penalty), UsageError);
  EXPECT_THROW(check_metric("val_penalty", rate), UsageError);
}

TEST(TrialTable, WritesAScoreAndItsErrorAlike) {
  const TrialTable table(log_range("regularize.l2", 1e-3, 1), "val_data_loss");
  const auto line = [&](double score, double error) {
    return table.line({.parameters = {{"regularize.l2", 1}},
                       .score = score,
                       .standard_error = error,
                       .status = "done"});
  };
  EXPECT_NE(line(6.42e5, 3581.7812).find("6.4e+05 ± 3.6e+03"), std::string::npos);
  EXPECT_NE(line(0.5, 1e-5).find("0.5000 ± 0.0000"), std::string::npos);
  EXPECT_NE(line(1e-5, 0.5).find("1.0e-05 ± 5.0e-01"), std::string::npos);
}

}  // namespace
}  // namespace ridgeline::selection
