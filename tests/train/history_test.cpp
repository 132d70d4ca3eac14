#include "train/history.hpp"

#include <limits>

#include "train/monitor.hpp"
#include "train/support.hpp"

namespace ridgeline::train {
namespace {

using test::message_of;

TEST(Metrics, ByName) {
  const Metrics metrics{.data_loss = 1,
                        .penalty = 2,
                        .objective = 3,
                        .data_loss_error = 0.25,
                        .values = {{"accuracy", 0.5, 0.125}, {"top5", 0.75}}};
  EXPECT_EQ(metrics.value("data_loss"), 1);
  EXPECT_EQ(metrics.value("penalty"), 2);
  EXPECT_EQ(metrics.value("objective"), 3);
  EXPECT_EQ(metrics.value("accuracy"), 0.5);
  EXPECT_EQ(metrics.value("top5"), 0.75);
  EXPECT_EQ(message_of<UsageError>([&] { metrics.value("acuracy"); }),
            "the metric 'acuracy' was not measured: did you mean 'accuracy'?");
  EXPECT_EQ(metrics.standard_error("accuracy"), 0.125);
  EXPECT_EQ(metrics.standard_error("data_loss"), 0.25);
  EXPECT_EQ(metrics.standard_error("penalty"), 0);
  EXPECT_THROW(metrics.standard_error("top3"), UsageError);
  EXPECT_EQ(metrics.find("top5")->value, 0.75);
  EXPECT_EQ(metrics.find("data_loss"), nullptr);
}

Epoch epoch_of(double train_loss, double val_loss, double val_accuracy) {
  Epoch epoch;
  epoch.train.data_loss = train_loss;
  epoch.validation =
      Metrics{.data_loss = val_loss,
              .values = {{"accuracy", val_accuracy}, {"ece", val_accuracy, 0, false}}};
  return epoch;
}

Monitor monitor(std::string_view name) {
  return {name, {{"accuracy"}, {.name = "ece", .higher_is_better = false}}};
}

TEST(Monitor, APenaltyIsNoMeasureOfHowGoodAnEpochIs) {
  EXPECT_THROW(monitor("val_penalty"), UsageError);
  EXPECT_THROW(monitor("train_penalty"), UsageError);
}

TEST(Monitor, LowerIsBetterAndForAccuraciesHigher) {
  const Epoch first = epoch_of(3, 2, 0.5), second = epoch_of(2, 3, 0.6);
  EXPECT_TRUE(monitor("val_data_loss").better(first, second));
  EXPECT_FALSE(monitor("val_data_loss").better(second, first));
  EXPECT_TRUE(monitor("train_data_loss").better(second, first));
  EXPECT_TRUE(monitor("val_accuracy").better(second, first));
  EXPECT_FALSE(monitor("val_accuracy").better(first, second));
  EXPECT_TRUE(monitor("val_ece").better(first, second));
  EXPECT_FALSE(monitor("val_ece").better(second, first));
}

TEST(Monitor, ImprovementIsStrictAndNanIsNone) {
  const Epoch epoch = epoch_of(1, 1, 1);
  const Epoch nan = epoch_of(1, std::numeric_limits<double>::quiet_NaN(), 1);
  EXPECT_FALSE(monitor("val_data_loss").better(epoch, epoch));
  EXPECT_FALSE(monitor("val_data_loss").better(nan, epoch));
}

TEST(Monitor, NeedsValidationOnlyForItsMetrics) {
  EXPECT_FALSE(monitor("val_accuracy").available(false));
  EXPECT_TRUE(monitor("val_accuracy").available(true));
  EXPECT_TRUE(monitor("train_objective").available(false));
}

TEST(Monitor, UnknownNames) {
  EXPECT_EQ(message_of<UsageError>([] { monitor("data_loss"); }),
            "train.monitor begins with val_ or train_, as in val_data_loss, not 'data_loss'");
  EXPECT_EQ(message_of<UsageError>([] { monitor("val_los"); }).substr(0, 27),
            "the metric 'los' was not me");
  EXPECT_THROW(monitor(""), UsageError);
}

History sample() {
  History history;
  history.epochs.push_back({.epoch = 1,
                            .seconds = 1.23456,
                            .images_per_second = 1000.26,
                            .learning_rate = 0.001,
                            .l2 = 1e-4,
                            .decay_shrink = 0.0625,
                            .train = {.data_loss = 1.0 / 3,
                                      .penalty = 0.5,
                                      .objective = 5.0 / 6,
                                      .images = 40,
                                      .values = {{"accuracy", 0.25}, {"top5", 1}}}});
  history.epochs.push_back(history.epochs[0]);
  history.epochs[1].epoch = 2;
  history.epochs[1].validation = {.data_loss = 2,
                                  .penalty = 0.125,
                                  .objective = 2.125,
                                  .images = 8,
                                  .data_loss_error = 0.1,
                                  .values = {{"accuracy", 1, 0.2}, {"top5", 1}}};
  return history;
}

TEST(History, CsvHasTheColumnsOfTheContract) {
  EXPECT_EQ(
      history_csv(sample()),
      "epoch,seconds,images_per_second,learning_rate,l2,"
      "train_data_loss,train_penalty,train_objective,train_accuracy,train_top5,"
      "val_data_loss,val_penalty,val_objective,val_accuracy,val_top5,decay_shrink,"
      "val_data_loss_error\n"
      "1,1.235,1000.3,0.001,0.0001,0.3333333333333333,0.5,0.8333333333333334,0.25,1,,,,,,0.0625,\n"
      "2,1.235,1000.3,0.001,0.0001,0.3333333333333333,0.5,0.8333333333333334,0.25,1,"
      "2,0.125,2.125,1,1,0.0625,0.1\n");
}

TEST(History, RowsReadBackToTheBit) {
  const auto epochs = sample().epochs;
  const auto rows = to_rows(epochs);
  ASSERT_EQ(rows.size(), 2 * epoch_columns(2));
  const auto again = from_rows(rows, epochs[0].train.values);
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(to_rows(again), rows);
  EXPECT_FALSE(again[0].validation);
  EXPECT_EQ(again[1].epoch, 2);
  EXPECT_EQ(again[1].validation->data_loss_error, 0.1);
  EXPECT_EQ(again[1].validation->standard_error("accuracy"), 0.2);
  EXPECT_EQ(again[1].train.images, 40);
}

}  // namespace
}  // namespace ridgeline::train
