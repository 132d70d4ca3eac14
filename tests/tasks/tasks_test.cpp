#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metrics/set.hpp"
#include "ridgeline/loss.hpp"
#include "ridgeline/task.hpp"
#include "support/expect_error.hpp"
#include "tasks/learnt_task.hpp"

namespace ridgeline {
namespace {

using testing::ElementsAre;
using testing::Pair;

std::vector<OutputSpec> outputs(std::int64_t count, const std::string& activation) {
  return {{"dense_1", {count}, activation, 0}};
}
TargetSchema schema(const std::string& task, std::size_t names) {
  TargetSchema schema{task, {}};
  for (std::size_t i = 0; i < names; ++i) schema.names.push_back("name" + std::to_string(i));
  return schema;
}

TEST(Tasks, AreFoundByName) {
  EXPECT_THAT(task_names(), testing::IsSupersetOf({"classify", "multi-label", "regress"}));
  EXPECT_EQ(task_named("regress").name(), "regress");
  EXPECT_USAGE_ERROR(task_named("multilabel"),
                     "there is no task 'multilabel': did you mean 'multi-label'?");
}

TEST(Tasks, DefaultMetricsFitTheirTargets) {
  for (const auto* name : {"classify", "multi-label", "regress"}) {
    const Task& task = task_named(name);
    EXPECT_FALSE(metrics::MetricSet(task.training_metrics(), task.target()).empty()) << name;
    EXPECT_FALSE(metrics::MetricSet(task.evaluation_metrics(), task.target()).empty()) << name;
    EXPECT_NO_THROW(make_loss(task.default_loss())) << name;
  }
}

TEST(Tasks, ANetworkHasAnOutputForEachClass) {
  const Task& task = task_named("classify");
  const auto loss = cross_entropy();
  EXPECT_NO_THROW(
      task.check_training("images", schema("classify", 3), *loss, outputs(3, "softmax")));
  EXPECT_NO_THROW(task.check_training("images", schema("classify", 2), *binary_cross_entropy(),
                                      outputs(1, "sigmoid")));
  EXPECT_USAGE_ERROR(
      task.check_training("images", schema("classify", 2), *loss, outputs(3, "softmax")),
      "the images have 2 classes, but dense_1 gives 3 outputs: it must give 2, as "
      "dense with units = 2 does");
  EXPECT_NO_THROW(task.check("images", schema("classify", 2), *loss, outputs(3, "softmax")))
      << "images to be measured may know fewer";
  EXPECT_THROW(task.check("images", schema("classify", 4), *loss, outputs(3, "softmax")),
               UsageError);
}

TEST(Tasks, SeveralLabelsDoNotEndInASoftmax) {
  const Task& task = task_named("multi-label");
  EXPECT_NO_THROW(task.check("images", schema("multi-label", 3), *binary_cross_entropy(),
                             outputs(3, "sigmoid")));
  EXPECT_USAGE_ERROR(
      task.check("images", schema("multi-label", 3), *cross_entropy(), outputs(3, "softmax")),
      "an image may have several labels, but dense_1 ends in a softmax, which gives one: give it "
      "activation = \"sigmoid\" and use loss.kind = \"binary-cross-entropy\"");
  EXPECT_THROW(task.check("images", schema("multi-label", 4), *binary_cross_entropy(),
                          outputs(3, "sigmoid")),
               UsageError);
}

TEST(Tasks, NumbersAreNotLearntAsClasses) {
  const Task& task = task_named("regress");
  EXPECT_NO_THROW(
      task.check("images", schema("regress", 2), *mean_squared_error(), outputs(2, "linear")));
  EXPECT_USAGE_ERROR(
      task.check("images", schema("regress", 2), *cross_entropy(), outputs(2, "softmax")),
      "the images have numbers as targets, and cross-entropy learns classes: use loss.kind = "
      "\"mse\", or give soft labels the task \"classify\"");
  EXPECT_THROW(
      task.check("images", schema("regress", 1), *mean_squared_error(), outputs(2, "linear")),
      UsageError);
}

TEST(Tasks, WhatIsPredicted) {
  const std::vector<float> three{0.2f, 0.5f, 0.3f}, one{0.75f};
  const std::vector<std::string> names{"a", "b", "c"}, two{"no", "yes"};
  const Tensors scores{TensorView("dense_1", std::span(three), {3})};
  const auto labels = task_named("classify").predict(scores, names, 2).labels;
  ASSERT_EQ(labels.size(), 2u);
  EXPECT_EQ(labels[0].name, "b");
  EXPECT_EQ(labels[0].label, 1);
  EXPECT_EQ(labels[1].name, "c");
  EXPECT_FLOAT_EQ(static_cast<float>(labels[1].probability), 0.3f);

  const Tensors single{TensorView("dense_1", std::span(one), {1})};
  const auto yes = task_named("classify").predict(single, two, 5).labels;
  ASSERT_EQ(yes.size(), 2u);
  EXPECT_EQ(yes[0].name, "yes");
  EXPECT_DOUBLE_EQ(yes[1].probability, 0.25);

  const auto values = task_named("regress").predict(scores, {}, 1).values;
  EXPECT_THAT(values, ElementsAre(Pair("0", testing::DoubleNear(0.2, 1e-6)), Pair("1", 0.5),
                                  Pair("2", testing::DoubleNear(0.3, 1e-6))));
}

TEST(Tasks, TargetsOfABatch) {
  const TargetSchema classes = schema("classify", 2);
  const std::vector<Target> hard{0, 1}, mixed{0, std::vector<float>{0.25f, 0.75f}};
  const Collator& collator = task_named("classify").collator();
  TensorBatch batch;
  collator.collate(hard, classes, batch);
  EXPECT_THAT(batch.view().at(class_tensor).values<std::int32_t>(), ElementsAre(0, 1));
  batch.clear();
  collator.collate(mixed, classes, batch);
  EXPECT_THAT(batch.view().at(probabilities_tensor).values<float>(),
              ElementsAre(1, 0, 0.25f, 0.75f));
  EXPECT_EQ(collator.mix(0, 1, 0.75, classes), Target(std::vector<float>{0.75f, 0.25f}));
  batch.clear();
  EXPECT_THROW(collator.collate(std::vector<Target>{std::monostate()}, classes, batch), DataError);
  const std::vector<Target> numbers{std::vector<float>{1, 2}, std::vector<float>{3}};
  batch.clear();
  EXPECT_THROW(task_named("regress").collator().collate(numbers, schema("regress", 2), batch),
               DataError);
}

TEST(Tasks, NumbersThatASigmoidLearnsAsProbabilitiesAreLabels) {
  const auto task = [](const char* name, const LossPtr& loss, const char* activation) {
    return tasks::learnt_task({name, {"a", "b"}}, *loss, activation).name();
  };
  EXPECT_EQ(task("regress", binary_cross_entropy(), "sigmoid"), "multi-label");
  EXPECT_EQ(task("regress", mean_squared_error(), "sigmoid"), "regress");
  EXPECT_EQ(task("regress", mean_squared_error(), "linear"), "regress");
  EXPECT_EQ(task("classify", binary_cross_entropy(), "sigmoid"), "classify");
}

}  // namespace
}  // namespace ridgeline
