#include "ridgeline/loss.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tensor/random.hpp"

namespace ridgeline {
namespace {

constexpr std::int64_t images = 6, outputs = 4;

struct Case {
  const char* name;
  LossPtr loss;
};

std::vector<Case> cases() {
  return {{"cross-entropy", cross_entropy()},
          {"smoothing", cross_entropy({.label_smoothing = 0.2, .class_weights = {}})},
          {"weights", cross_entropy({.label_smoothing = 0, .class_weights = {0.5, 2, 0, 1}})},
          {"both", cross_entropy({.label_smoothing = 0.1, .class_weights = {0.5, 2, 0, 1}})},
          {"mse", mean_squared_error()},
          {"binary", binary_cross_entropy()},
          {"focal", focal(2)},
          {"focal with weights", focal(0.5, {0.5, 2, 0, 1})},
          {"focal without focus", focal(0)},
          {"binary focal", binary_focal(2, 0.25)},
          {"binary focal, weak", binary_focal(0.5, 0.75)}};
}

const std::vector<std::int32_t> classes{3, 0, 1, 1, 2, 3};

// Multiples of 1/64, so that a small step away from them is exact in single precision.
std::vector<float> head_values() {
  Random random(7, Purpose::test);
  std::vector<float> values(images * outputs);
  for (float& v : values) v = static_cast<float>(random.below(512)) / 64 - 4;
  return values;
}

std::vector<float> soft_labels() {
  Random random(8, Purpose::test);
  std::vector<float> values(images * outputs);
  for (std::size_t i = 0; i < values.size(); i += outputs) {
    float sum = 0;
    for (std::size_t j = 0; j < outputs; ++j) sum += values[i + j] = 0.1f + random.uniform();
    for (std::size_t j = 0; j < outputs; ++j) values[i + j] /= sum;
  }
  return values;
}

std::vector<float> one_hot() {
  std::vector<float> values(images * outputs, 0);
  for (std::size_t i = 0; i < images; ++i) {
    values[i * outputs + static_cast<std::size_t>(classes[i])] = 1;
  }
  return values;
}

TEST(Loss, GradientsAreCentralDifferences) {
  const auto soft = soft_labels();
  for (const auto& [name, loss] : cases()) {
    for (const Targets& targets :
         {class_targets(classes), value_targets(soft, outputs, probabilities_tensor)}) {
      SCOPED_TRACE(name);
      auto values = head_values();
      std::vector<float> gradient(values.size());
      loss->evaluate(values, targets, 0.25, gradient);
      for (std::size_t i = 0; i < values.size(); ++i) {
        constexpr float h = 1.0f / 1024;
        const float middle = values[i];
        values[i] = middle + h;
        const double above = loss->evaluate(values, targets, 1, {});
        values[i] = middle - h;
        const double below = loss->evaluate(values, targets, 1, {});
        values[i] = middle;
        ASSERT_NEAR(gradient[i], 0.25 * (above - below) / (2 * h), 1e-6) << i;
      }
    }
  }
}

TEST(Loss, AnIndexAndItsOneHotFormAgree) {
  const auto values = head_values(), hot = one_hot();
  const Targets indices = class_targets(classes),
                rows = value_targets(hot, outputs, probabilities_tensor);
  for (const auto& [name, loss] : cases()) {
    SCOPED_TRACE(name);
    std::vector<float> by_index(values.size()), by_row(values.size());
    EXPECT_DOUBLE_EQ(loss->evaluate(values, indices, 1, by_index),
                     loss->evaluate(values, rows, 1, by_row));
    EXPECT_EQ(by_index, by_row);
    EXPECT_DOUBLE_EQ(loss->weight(indices), loss->weight(rows));
  }
}

TEST(Loss, PartsOfABatchAddUpToIt) {
  const auto values = head_values();
  const Targets targets = class_targets(classes);
  for (const auto& [name, loss] : cases()) {
    SCOPED_TRACE(name);
    std::vector<float> whole(values.size()), parts(values.size());
    const double sum = loss->evaluate(values, targets, 2, whole);
    double added = 0, weight = 0;
    for (const auto& [first, count] : {std::pair{0, 1}, {1, 3}, {4, 2}}) {
      const auto from = static_cast<std::size_t>(first * outputs),
                 n = static_cast<std::size_t>(count * outputs);
      added += loss->evaluate(std::span(values).subspan(from, n), targets.slice(first, count), 2,
                              std::span(parts).subspan(from, n));
      weight += loss->weight(targets.slice(first, count));
    }
    EXPECT_NEAR(added, sum, 1e-12 * sum);
    EXPECT_EQ(parts, whole);
    EXPECT_DOUBLE_EQ(weight, loss->weight(targets));
  }
}

TEST(Loss, ExtremeLogitsStayFinite) {
  constexpr float huge = std::numeric_limits<float>::max() / 4;
  const std::vector<float> values{huge, -huge, 0, -huge, huge, 0};
  const std::vector<std::int32_t> right{0, 1}, wrong{1, 0};
  std::vector<float> gradient(values.size());
  const LossPtr loss = cross_entropy();
  EXPECT_EQ(loss->evaluate(values, class_targets(right), 1, gradient), 0);
  EXPECT_EQ(gradient, std::vector<float>(6, 0));
  EXPECT_EQ(loss->evaluate(values, class_targets(wrong), 1, gradient), 4.0 * huge);
  EXPECT_EQ(gradient, (std::vector<float>{1, -1, 0, -1, 1, 0}));
  const std::vector<float> two{huge, -huge};
  gradient.resize(2);
  EXPECT_EQ(binary_cross_entropy()->evaluate(two, class_targets(wrong), 1, gradient), 0);
  EXPECT_EQ(binary_cross_entropy()->evaluate(two, class_targets(right), 1, gradient), 2.0 * huge);
  EXPECT_EQ(gradient, (std::vector<float>{1, -1}));
}

TEST(Loss, FocalWithoutFocusIsCrossEntropy) {
  const auto values = head_values();
  const Targets targets = class_targets(classes);
  std::vector<float> focused(values.size()), plain(values.size());
  EXPECT_NEAR(focal(0)->evaluate(values, targets, 1, focused),
              cross_entropy()->evaluate(values, targets, 1, plain), 1e-9);
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(focused[i], plain[i], 1e-6);
  EXPECT_NEAR(2 * binary_focal(0, 0.5)->evaluate(values, targets, 1, {}),
              binary_cross_entropy()->evaluate(values, targets, 1, {}), 1e-9);
}

// By hand: two classes with the logits 0 and log 3, so p = 1/4 and 3/4.
TEST(Loss, FocalByHand) {
  const std::vector<float> values{0, static_cast<float>(std::log(3.0))};
  const std::vector<std::int32_t> first{0};
  EXPECT_NEAR(focal(2)->evaluate(values, class_targets(first), 1, {}), 0.75 * 0.75 * std::log(4.0),
              1e-7);
  const std::vector<float> one{static_cast<float>(std::log(3.0))}, yes{1};
  EXPECT_NEAR(binary_focal(2, 0.25)->evaluate(one, value_targets(yes, 1), 1, {}),
              0.25 * 0.25 * 0.25 * std::log(4.0 / 3), 1e-7);
}

TEST(Loss, FocalStaysFiniteWhereTheNetworkIsSure) {
  const std::vector<float> values{200, -200, 0};
  const std::vector<std::int32_t> right{0}, wrong{1};
  std::vector<float> gradient(3);
  for (const double gamma : {0.0, 0.5, 2.0}) {
    EXPECT_NEAR(focal(gamma)->evaluate(values, class_targets(right), 1, gradient), 0, 1e-30);
    for (const float g : gradient) EXPECT_NEAR(g, 0, 1e-30) << gamma;
    EXPECT_NEAR(focal(gamma)->evaluate(values, class_targets(wrong), 1, gradient), 400, 1e-6);
    for (const float g : gradient) EXPECT_TRUE(std::isfinite(g)) << gamma;
  }
}

TEST(Loss, NaNComesThrough) {
  const std::vector<float> values{1, std::nanf(""), 0, 2};
  const std::vector<std::int32_t> labels{0};
  for (const auto& [name, loss] : cases()) {
    EXPECT_TRUE(std::isnan(loss->evaluate(values, class_targets(labels), 1, {}))) << name;
  }
}

TEST(Loss, ASingleOutputTellsTwoClassesApart) {
  const std::vector<float> values{0.25f, 0.5f};
  const std::vector<std::int32_t> labels{0, 1};
  EXPECT_DOUBLE_EQ(mean_squared_error()->evaluate(values, class_targets(labels), 1, {}),
                   0.25 * 0.25 + 0.5 * 0.5);
  EXPECT_DOUBLE_EQ(binary_cross_entropy()->evaluate(values, class_targets(labels), 1, {}),
                   std::log1p(std::exp(0.25)) + std::log1p(std::exp(-0.5)));
}

TEST(Loss, ClassWeightsCountWhatTheyMet) {
  const LossPtr loss = cross_entropy({.label_smoothing = 0.3, .class_weights = {1, 3, 0, 0.5}});
  const std::vector<std::int32_t> labels{1, 1, 3};
  EXPECT_DOUBLE_EQ(loss->weight(class_targets(labels)), 6.5);
  const std::vector<float> soft{0.5f, 0.5f, 0, 0, 0, 0, 1, 0};
  EXPECT_DOUBLE_EQ(loss->weight(value_targets(soft, 4, probabilities_tensor)), 2);
  EXPECT_DOUBLE_EQ(cross_entropy()->weight(class_targets(labels)), 3);
}

}  // namespace
}  // namespace ridgeline
