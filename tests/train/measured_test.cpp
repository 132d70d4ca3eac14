// The list of metrics, from the options to the files of a training.

#include "train/measured.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "train/support.hpp"

namespace ridgeline {
namespace {

using test::Folder;
using test::message_of;
using test::pictures;
using test::small_model;
using testing::ElementsAre;

std::vector<std::string> names_of(const Metrics& metrics) {
  std::vector<std::string> names;
  for (const MetricValue& value : metrics.values) names.push_back(value.name);
  return names;
}

TEST(Measured, TheOptionsAddToTheDefaultList) {
  Model model = small_model();
  const Dataset data = pictures(60);
  const History history =
      model.fit(data, {.epochs = 1, .batch = 20, .validation = 0.2, .metrics = {"f1", "top_k:2"}});
  EXPECT_THAT(names_of(history.epochs[0].train),
              ElementsAre("accuracy", "top5", "f1_macro", "top2"));
  EXPECT_EQ(names_of(*history.epochs[0].validation), names_of(history.epochs[0].train));
  EXPECT_GT(history.epochs[0].validation->standard_error("accuracy"), 0);
  EXPECT_EQ(history.epochs[0].train.standard_error("accuracy"), 0);
  EXPECT_GT(model.evaluate(data, {.metrics = {"roc_auc"}}).value("roc_auc"), 0.5);
  EXPECT_THROW(model.evaluate(data).value("roc_auc"), UsageError);
}

TEST(Measured, AnEvaluationKnowsTheClasses) {
  Model model = small_model();
  const Metrics metrics = model.evaluate(pictures(60));
  EXPECT_THAT(names_of(metrics),
              ElementsAre("accuracy", "top5", "balanced_accuracy", "precision_macro",
                          "recall_macro", "f1_macro", "ece", "brier"));
  ASSERT_EQ(metrics.per_class.size(), 3);
  double mean = 0;
  for (const double recall : metrics.per_class[1].values) mean += recall / 3;
  EXPECT_EQ(metrics.per_class[1].metric, "recall");
  EXPECT_NEAR(mean, metrics.value("recall_macro"), 1e-12);
}

TEST(Measured, TheMonitorsMetricIsMeasured) {
  const Dataset data = pictures(60), validation = pictures(30, 1);
  for (const char* metric : {"f1_macro", "ece"}) {
    Model model = small_model();
    const std::string monitor = std::string("val_") + metric;
    const History history = model.fit(
        data, {.epochs = 4, .batch = 20, .validation_data = validation, .monitor = monitor});
    const bool higher = history.best().validation->find(metric)->higher_is_better;
    EXPECT_EQ(higher, metric != std::string("ece"));
    for (const Epoch& epoch : history.epochs) {
      const double value = epoch.validation->value(metric),
                   best = history.best().validation->value(metric);
      EXPECT_TRUE(higher ? value <= best : value >= best) << metric << " " << epoch.epoch;
    }
  }
}

TEST(Measured, RefusesWhatTheTargetsDoNotHave) {
  Model model = small_model();
  const Dataset data = pictures(60);
  const auto refusal = [&](FitOptions options) {
    return message_of<UsageError>([&] { model.fit(data, options); });
  };
  EXPECT_EQ(refusal({.metrics = {"mae"}}),
            "mae is not measured on targets called 'class', which these images have, but on: "
            "values");
  EXPECT_EQ(refusal({.metrics = {"acuracy"}}),
            "there is no metric 'acuracy': did you mean 'accuracy'?");
  EXPECT_EQ(refusal({.validation = 0.2, .monitor = "val_top3"}),
            "the metric 'top3' was not measured: did you mean 'top5'?");
}

TEST(Measured, NumbersHaveMetricsOfTheirOwn) {
  const test::Pictures p(40);
  std::vector<float> numbers;
  for (const auto label : p.labels) numbers.push_back(static_cast<float>(label));
  ModelOptions options = test::small_options();
  options.loss = mean_squared_error();
  Model model(Network{flatten(), dense({.units = 1})}, options);
  const Dataset data(memory_images(p.pixels, {1, test::side, test::side}, ImageLayout::nchw),
                     numbers, 1);
  const History history = model.fit(data, {.epochs = 2, .batch = 10, .validation = 0.25});
  EXPECT_THAT(names_of(history.epochs[0].train), ElementsAre("mae", "rmse", "r2"));
  const Metrics metrics = model.evaluate(data);
  EXPECT_NEAR(metrics.value("rmse"), std::sqrt(metrics.data_loss), 1e-6);
  EXPECT_TRUE(metrics.confusion.empty());
}

TEST(Measured, LabelsHaveMetricsOfTheirOwn) {
  const test::Pictures p(60);
  std::vector<float> labels;
  for (const auto label : p.labels)
    labels.insert(labels.end(), {float(label == 0), float(label > 0)});
  ModelOptions options = test::small_options();
  options.loss = binary_cross_entropy();
  Model model(Network{flatten(), dense({.units = 2, .activation = "sigmoid"})}, options);
  const Dataset data(memory_images(p.pixels, {1, test::side, test::side}, ImageLayout::nchw),
                     labels, 2);
  const History history = model.fit(data, {.epochs = 20, .batch = 10});
  EXPECT_THAT(names_of(history.epochs[0].train),
              ElementsAre("average_precision", "f1_macro", "roc_auc"));
  const Metrics metrics = model.evaluate(data);
  EXPECT_GT(metrics.value("average_precision"), 0.9);
  EXPECT_GT(metrics.value("f1_micro"), 0.8);
}

// A slow metric is not computed for progress.
TEST(Measured, ProgressHasTheQuickOnes) {
  Model model = small_model();
  Metrics seen;
  FitOptions options{.epochs = 1, .batch = 20, .metrics = {"roc_auc"}};
  options.callbacks.on_step = [&](const Progress& progress) {
    if (seen.values.empty()) seen = progress.train;
    return true;
  };
  model.fit(pictures(60), options);
  EXPECT_THAT(names_of(seen), ElementsAre("accuracy", "top5", "roc_auc"));
  EXPECT_FALSE(std::isnan(seen.value("accuracy")));
  EXPECT_TRUE(std::isnan(seen.value("roc_auc")));
}

TEST(Measured, HistoryIsReadBackWithAllMetrics) {
  const Folder folder;
  Model model = small_model();
  const History history = model.fit(
      pictures(60),
      {.epochs = 2, .batch = 10, .validation = 0.2, .metrics = {"ece"}, .run = folder / "run"});
  const History read = load_history(folder / "run", model);
  ASSERT_EQ(read.epochs.size(), 2u);
  for (std::size_t e = 0; e < 2; ++e) {
    EXPECT_THAT(names_of(read.epochs[e].train), ElementsAre("accuracy", "top5", "ece"));
    for (const char* name : {"accuracy", "top5", "ece"}) {
      EXPECT_EQ(read.epochs[e].train.value(name), history.epochs[e].train.value(name));
      EXPECT_EQ(read.epochs[e].validation->value(name), history.epochs[e].validation->value(name));
      EXPECT_EQ(read.epochs[e].train.find(name)->higher_is_better, name != std::string("ece"));
    }
  }
}

TEST(Measured, ARunIsResumedWithItsMetrics) {
  const Folder folder;
  const FitOptions first{.epochs = 1, .batch = 20, .metrics = {"f1"}, .run = folder / "run"};
  small_model().fit(pictures(60), first);
  FitOptions second = first;
  second.epochs = 2;
  second.resume = true;
  second.metrics = {"ece"};
  EXPECT_THAT(message_of<UsageError>([&] { small_model().fit(pictures(60), second); }),
              testing::HasSubstr("was made with train.metrics = [\"f1\"], not [\"ece\"]"));
}

}  // namespace
}  // namespace ridgeline
