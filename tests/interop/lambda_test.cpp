// The table of conventions: its formulas by hand, conversions there and back, and refusals.
// tests/train/lambda_test.cpp proves the formulas by training.
#include "ridgeline/lambda.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "data/folder.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr double infinity = std::numeric_limits<double>::infinity();

LambdaFacts facts(std::string optimizer, std::string loss = "mse", double outputs = 1) {
  return {.learning_rate = 0.01,
          .images = 600,
          .batch = 20,
          .epochs = 30,
          .outputs = outputs,
          .target_sd = 4,
          .optimizer = std::move(optimizer),
          .loss = std::move(loss)};
}

double first(const LambdaConversion& conversion, std::string_view name) {
  const LambdaAnswer& answer = conversion.in(name);
  EXPECT_FALSE(answer.numbers.empty()) << name << ": " << answer.reason;
  return answer.numbers.empty() ? NAN : answer.numbers.front().second;
}

Penalty penalty(std::string_view from, const LambdaNumbers& numbers, const LambdaFacts& f) {
  return convert_lambda(from, numbers, f).penalty;
}

TEST(Lambda, KerassL2IsHalfOfOurs) {
  const LambdaConversion c = convert_lambda("keras", {{"l2", 0.01}});
  EXPECT_EQ(c.penalty, (Penalty{.l2 = 0.02}));
  EXPECT_EQ(first(c, "keras"), 0.01);
  EXPECT_EQ(first(c, "pytorch"), 0.02);
}

TEST(Lambda, FormulasByHand) {
  const LambdaFacts squares = facts("sgd"), three = facts("sgd", "mse", 3),
                    classes = facts("sgd", "cross-entropy", 10),
                    two = facts("sgd", "cross-entropy", 2),
                    sigmoid = facts("sgd", "binary-cross-entropy"),
                    sigmoids = facts("sgd", "binary-cross-entropy", 5);
  const auto l2 = [](std::string_view from, const LambdaNumbers& numbers, const LambdaFacts& f) {
    return penalty(from, numbers, f).l2;
  };
  EXPECT_DOUBLE_EQ(l2("sklearn-ridge", {{"alpha", 3}}, squares), 2 * 3.0 / 600);
  EXPECT_DOUBLE_EQ(l2("sklearn-ridge", {{"alpha", 3}}, three), 2 * 3.0 / 1800);
  EXPECT_DOUBLE_EQ(penalty("sklearn-lasso", {{"alpha", 0.3}}, squares).l1, 0.6);
  EXPECT_DOUBLE_EQ(penalty("sklearn-lasso", {{"alpha", 0.3}}, three).l1, 0.2);
  const Penalty net = penalty("sklearn-elasticnet", {{"alpha", 0.4}, {"l1_ratio", 0.25}}, squares);
  EXPECT_DOUBLE_EQ(net.l1, 0.2);
  EXPECT_DOUBLE_EQ(net.l2, 0.6);
  EXPECT_DOUBLE_EQ(l2("sklearn-logistic", {{"C", 0.5}}, classes), 2.0 / 600);
  EXPECT_DOUBLE_EQ(l2("sklearn-logistic", {{"C", 0.5}}, sigmoid), 2.0 / 600);
  EXPECT_DOUBLE_EQ(l2("sklearn-logistic", {{"C", 0.5}}, sigmoids), 2.0 / 3000);
  EXPECT_DOUBLE_EQ(l2("sklearn-logistic", {{"C", 0.5}}, two), 4.0 / 600);
  const Penalty mixed = penalty("sklearn-logistic", {{"C", 0.5}, {"l1_ratio", 0.25}}, two);
  EXPECT_DOUBLE_EQ(mixed.l1, 0.5 / 600);
  EXPECT_DOUBLE_EQ(mixed.l2, 3.0 / 600);
  EXPECT_DOUBLE_EQ(l2("sklearn-mlp", {{"alpha", 0.5}}, classes), 0.5 / 20);
  EXPECT_DOUBLE_EQ(l2("sklearn-mlp", {{"alpha", 0.5}}, squares), 2 * 0.5 / 20);
  EXPECT_DOUBLE_EQ(l2("sklearn-mlp", {{"alpha", 0.5}}, three), 2 * 0.5 / 20 / 3);
  EXPECT_DOUBLE_EQ(l2("sklearn-mlp", {{"alpha", 0.5}}, sigmoids), 0.5 / 20 / 5);
  const Penalty glm = penalty("glmnet", {{"lambda", 0.4}, {"alpha", 0.25}}, squares);
  EXPECT_DOUBLE_EQ(glm.l1, 0.2);
  EXPECT_DOUBLE_EQ(glm.l2, 0.6 / 4);
  EXPECT_DOUBLE_EQ(l2("glmnet", {{"lambda", 0.4}, {"alpha", 0}}, classes), 0.4);
  EXPECT_DOUBLE_EQ(l2("glmnet", {{"lambda", 0.4}, {"alpha", 0}}, two), 0.8);
  EXPECT_DOUBLE_EQ(l2("caffe", {{"weight_decay", 0.3}}, classes), 0.3);
  EXPECT_DOUBLE_EQ(l2("caffe", {{"weight_decay", 0.3}}, squares), 0.6);
  EXPECT_DOUBLE_EQ(l2("darknet", {{"decay", 0.3}}, three), 0.2);
  EXPECT_DOUBLE_EQ(l2("darknet", {{"decay", 0.3}}, sigmoids), 0.06);
  const auto decay = [&](std::string_view from, const LambdaNumbers& numbers) {
    return penalty(from, numbers, facts("adamw")).decay;
  };
  EXPECT_DOUBLE_EQ(decay("pytorch-adamw", {{"weight_decay", 0.1}}), 0.1);
  EXPECT_DOUBLE_EQ(decay("keras-decay", {{"weight_decay", 0.1}}), 0.1);
  EXPECT_DOUBLE_EQ(decay("adamw-paper", {{"lambda", 0.001}}), 0.1);
  EXPECT_DOUBLE_EQ(decay("adamw-normalized", {{"lambda_norm", 0.03}}), 0.03 / 30 / 0.01);
  EXPECT_DOUBLE_EQ(decay("timescale-steps", {{"tau_iter", 1000}}), 0.1);
  EXPECT_DOUBLE_EQ(decay("timescale", {{"tau_epoch", 10}}), 1.0 / 3);  // 30 steps an epoch
}

TEST(Lambda, EveryConventionIsItsOwnInverse) {
  int answered = 0;
  for (const std::string loss : {"mse", "cross-entropy", "binary-cross-entropy"}) {
    for (const std::string optimizer : {"sgd", "adam"}) {
      for (const double outputs : {1, 2, 7}) {
        const LambdaFacts f = facts(optimizer, loss, outputs);
        for (const LambdaConvention& convention : lambda_conventions()) {
          LambdaNumbers numbers = convention.defaults;
          for (std::size_t i = 0; i < numbers.size(); ++i) {
            numbers[i].second = 0.3 / (1 + static_cast<double>(i));
          }
          LambdaConversion c;
          try {
            c = convert_lambda(convention.name, numbers, f);
          } catch (const UsageError&) {
            continue;  // another loss
          }
          const LambdaAnswer& same = c.in(convention.name);
          ASSERT_EQ(same.numbers.size(), numbers.size()) << convention.name << same.reason;
          for (std::size_t i = 0; i < numbers.size(); ++i) {
            EXPECT_EQ(same.numbers[i].first, numbers[i].first);
            EXPECT_NEAR(same.numbers[i].second, numbers[i].second, 1e-12) << convention.name;
          }
          // And through every other convention that has an answer.
          for (const LambdaAnswer& answer : c.answers) {
            if (answer.numbers.empty()) continue;
            LambdaFacts there = f;
            if (answer.learning_rate) there.learning_rate = answer.learning_rate;
            if (!answer.learning_rate && c.learning_rate) there.learning_rate = c.learning_rate;
            const Penalty back = penalty(answer.convention.name, answer.numbers, there);
            SCOPED_TRACE(convention.name + " by " + answer.convention.name);
            // Under plain SGD, l2 and decay are the same.
            if (optimizer == "sgd") {
              EXPECT_NEAR(back.l2 + back.decay, c.penalty.l2 + c.penalty.decay, 1e-12);
            } else {
              EXPECT_NEAR(back.l2, c.penalty.l2, 1e-12);
              EXPECT_NEAR(back.decay, c.penalty.decay, 1e-12);
            }
            EXPECT_NEAR(back.l1, c.penalty.l1, 1e-12);
            ++answered;
          }
        }
      }
    }
  }
  EXPECT_GT(answered, 500);
}

TEST(Lambda, CoupledAndDecoupledAreOneUnderPlainSgdOnly) {
  LambdaFacts f = facts("sgd");
  EXPECT_EQ(first(convert_lambda("pytorch", {{"weight_decay", 0.1}}, f), "pytorch-adamw"), 0.1);
  EXPECT_EQ(first(convert_lambda("keras-decay", {{"weight_decay", 0.1}}, f), "keras"), 0.05);
  EXPECT_DOUBLE_EQ(first(convert_lambda("pytorch", {{"weight_decay", 0.1}}, f), "timescale-steps"),
                   1000);
  f.momentum = 0.9;
  const LambdaConversion momentum = convert_lambda("pytorch-adamw", {{"weight_decay", 0.1}}, f);
  EXPECT_EQ(
      momentum.in("pytorch").reason,
      "with momentum 0.9, l2 is in the velocity and decay is not: the steps differ, though the "
      "weights have the same equilibrium as with l2 = 0.01");
  EXPECT_THAT(momentum.in("pytorch").numbers, IsEmpty());
  EXPECT_EQ(first(momentum, "keras-decay"), 0.1);
  EXPECT_THAT(convert_lambda("pytorch", {{"weight_decay", 0.1}}, f).in("keras-decay").reason,
              HasSubstr("velocity"));
  f = facts("adam");
  const LambdaConversion adam = convert_lambda("keras", {{"l2", 0.1}}, f);
  for (const char* name : {"keras-decay", "pytorch-adamw", "adamw-paper", "adamw-normalized",
                           "timescale", "timescale-steps"}) {
    EXPECT_THAT(adam.in(name).reason, HasSubstr("adam rescales gradients")) << name;
    EXPECT_THAT(adam.in(name).numbers, IsEmpty());
  }
  EXPECT_THAT(convert_lambda("keras", {{"l2", 0.1}}).in("pytorch-adamw").needs,
              ElementsAre("optimizer"));
  // Without a penalty there is no difference.
  EXPECT_EQ(first(convert_lambda("keras", {{"l2", 0}}, f), "pytorch-adamw"), 0);
}

TEST(Lambda, TheLearningRateGoesWithTheLoss) {
  // Half the sum over three outputs is 1.5 times the mean.
  const LambdaFacts f = facts("sgd", "mse", 3);
  const LambdaConversion sgd = convert_lambda("caffe", {{"weight_decay", 0.3}}, f);
  EXPECT_DOUBLE_EQ(sgd.learning_rate.value(), 0.015);
  EXPECT_DOUBLE_EQ(sgd.in("pytorch").learning_rate.value(), 0.015);
  EXPECT_DOUBLE_EQ(sgd.in("darknet").learning_rate.value(), 0.01);
  EXPECT_DOUBLE_EQ(first(sgd, "pytorch"), 0.2);
  // A step takes lr * l2 off, in every convention.
  EXPECT_DOUBLE_EQ(first(sgd, "adamw-paper"), 0.015 * 0.2);
  EXPECT_FALSE(sgd.in("sklearn-ridge").learning_rate);
  EXPECT_DOUBLE_EQ(convert_lambda("caffe", {{"weight_decay", 0.3}}, facts("adam", "mse", 3))
                       .learning_rate.value(),
                   0.01);
  const LambdaConversion unknown =
      convert_lambda("caffe", {{"weight_decay", 0.3}}, facts("", "mse", 3));
  EXPECT_FALSE(unknown.learning_rate);
  EXPECT_FALSE(unknown.in("pytorch").learning_rate);
  EXPECT_THAT(unknown.in("adamw-paper").needs, ElementsAre("optimizer"));
}

TEST(Lambda, WhatIsMissingIsNamed) {
  const LambdaConversion c = convert_lambda("keras", {{"l2", 0.01}});
  EXPECT_THAT(c.in("caffe").needs, ElementsAre("loss", "outputs"));
  EXPECT_THAT(c.in("sklearn-ridge").needs, ElementsAre("images", "outputs"));
  EXPECT_THAT(c.in("sklearn-lasso").reason, HasSubstr("no l2"));
  EXPECT_THAT(c.in("sklearn-mlp").needs, ElementsAre("loss", "outputs", "batch"));
  EXPECT_THAT(c.in("sklearn-logistic").needs, ElementsAre("loss", "images", "outputs"));
  EXPECT_THAT(c.in("glmnet").needs, ElementsAre("loss", "outputs"));
  EXPECT_THAT(c.in("adamw-normalized").needs, ElementsAre("optimizer", "learning_rate", "steps"));
  EXPECT_THAT(c.in("timescale").needs,
              ElementsAre("optimizer", "batch", "images", "learning_rate"));
  EXPECT_THAT(convert_lambda("keras-decay", {{"weight_decay", 1}}, {.epochs = 3})
                  .in("adamw-normalized")
                  .needs,
              ElementsAre("learning_rate", "images", "batch"));
  EXPECT_THAT(convert_lambda("sklearn-lasso", {{"alpha", 1}}, {.outputs = 1}).in("glmnet").needs,
              IsEmpty());
  EXPECT_THAT(
      convert_lambda("keras", {{"l2", 1}}, {.outputs = 1, .loss = "mse"}).in("glmnet").needs,
      ElementsAre("target_sd"));
}

TEST(Lambda, WhatALibraryDoesNotHaveItIsNotGiven) {
  const LambdaConversion net =
      convert_lambda("ridgeline", {{"l2", 0.1}, {"l1", 0.2}}, facts("sgd"));
  EXPECT_THAT(net.in("pytorch").reason, HasSubstr("it has no l1"));
  EXPECT_THAT(net.in("sklearn-ridge").reason, HasSubstr("no l1"));
  EXPECT_THAT(net.in("sklearn-lasso").reason, HasSubstr("no l2"));
  EXPECT_THAT(net.in("pytorch-adamw").reason, HasSubstr("no l1"));
  EXPECT_EQ(net.in("sklearn-logistic").reason,
            "its loss is cross-entropy or binary-cross-entropy, not mse");
  EXPECT_FALSE(net.in("sklearn-elasticnet").numbers.empty());
  EXPECT_THAT(convert_lambda("keras", {{"l2", 1}}, facts("sgd", "mse", 2)).in("glmnet").reason,
              HasSubstr("one output at a time"));
}

TEST(Lambda, NoPenaltyIsAnInfiniteC) {
  const LambdaConversion c = convert_lambda("keras", {{"l2", 0}}, facts("sgd", "cross-entropy", 3));
  EXPECT_EQ(first(c, "sklearn-logistic"), infinity);
  EXPECT_EQ(first(c, "timescale"), infinity);
  EXPECT_EQ(first(c, "pytorch"), 0);
  EXPECT_EQ(penalty("sklearn-logistic", {{"C", infinity}}, facts("sgd", "cross-entropy", 3)),
            Penalty{});
}

TEST(Lambda, WrongQuestions) {
  EXPECT_THROW(convert_lambda("keras", {{"l2", 1e308}}), UsageError) << "twice that is infinite";
  const auto error = [](std::string_view from, const LambdaNumbers& numbers, LambdaFacts f = {}) {
    return test::message_of<UsageError>([&] { convert_lambda(from, numbers, f); });
  };
  EXPECT_THAT(error("kears", {{"l2", 1}}), HasSubstr("did you mean 'keras'"));
  EXPECT_THAT(error("keras", {{"l3", 1}}), HasSubstr("keras has no number 'l3'"));
  EXPECT_EQ(error("keras", {}), "keras needs a number: l2, l1");
  EXPECT_EQ(error("keras", {{"l2", -1}}),
            "l2 of keras must be a number that is not negative, not -1");
  EXPECT_THAT(error("keras", {{"l2", infinity}}), HasSubstr("not inf"));
  EXPECT_THAT(error("keras", {{"l2", NAN}}), HasSubstr("not nan"));
  EXPECT_EQ(error("sklearn-logistic", {{"C", 0}}, facts("sgd", "cross-entropy")),
            "C of sklearn-logistic must be above 0, not 0");
  EXPECT_THAT(error("sklearn-logistic", {{"C", NAN}}, facts("sgd", "cross-entropy")),
              HasSubstr("above 0"));
  EXPECT_EQ(error("glmnet", {{"lambda", 1}, {"alpha", 1.5}}, facts("sgd")),
            "alpha of glmnet must be in [0, 1], not 1.5");
  EXPECT_EQ(error("sklearn-ridge", {{"alpha", 1}}), "sklearn-ridge needs images, outputs");
  EXPECT_EQ(error("adamw-paper", {{"lambda", 1}}), "adamw-paper needs learning_rate");
  try {
    convert_lambda("timescale", {{"tau_epoch", 1}}, {.batch = 1});
    ADD_FAILURE() << "nothing was thrown";
  } catch (const MissingFacts& missing) {
    EXPECT_THAT(missing.facts, ElementsAre("images", "learning_rate"));
  }
  EXPECT_EQ(error("sklearn-ridge", {{"alpha", 1}}, facts("sgd", "cross-entropy")),
            "sklearn-ridge: its loss is mse, not cross-entropy");
  EXPECT_EQ(error("keras", {{"l2", 1}}, {.batch = 0.0}), "batch must be a number above 0, not 0");
  EXPECT_EQ(error("keras", {{"l2", 1}}, {.momentum = 1}), "momentum must be in [0, 1), not 1");
  EXPECT_THROW(convert_lambda("keras", {{"l2", 1}}).in("kears"), UsageError);
}

TEST(ElasticNet, IsScikitLearnsAndGlmnets) {
  const auto expect = [](const ElasticNet& options, double l2, double l1) {
    const Regularize r = elastic_net(options);
    EXPECT_DOUBLE_EQ(r.l2.value, l2);
    EXPECT_DOUBLE_EQ(r.l1.value, l1);
    EXPECT_EQ(r.exclude, Regularize().exclude);
  };
  expect({.alpha = 0.4, .l1_ratio = 0.25}, 0.6, 0.2);
  expect({.alpha = 0.4, .l1_ratio = 0.25, .outputs = 4}, 0.15, 0.05);
  expect({.alpha = 0.4, .l1_ratio = 0.25, .loss = "cross-entropy", .outputs = 3}, 0.3, 0.1);
  expect({.alpha = 0.4, .l1_ratio = 0.25, .loss = "cross-entropy", .outputs = 2}, 0.6, 0.1);
  expect({.alpha = 0.4, .l1_ratio = 0.25, .loss = "binary-cross-entropy"}, 0.3, 0.1);
  EXPECT_THROW(elastic_net({.alpha = -1}), UsageError);
  EXPECT_THROW(elastic_net({.alpha = NAN}), UsageError);
  EXPECT_THROW(elastic_net({.l1_ratio = 1.1}), UsageError);
  EXPECT_THROW(elastic_net({.loss = "focal"}), UsageError);
  EXPECT_THROW(elastic_net({.outputs = 0}), UsageError);
  EXPECT_THROW(elastic_net({.loss = "binary-cross-entropy", .outputs = 2}), UsageError);
}

}  // namespace
}  // namespace ridgeline
