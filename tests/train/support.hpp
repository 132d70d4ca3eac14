#pragma once
// A small task that is learnt in a few steps, and functions to compare models.

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>

#include "data/folder.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/model.hpp"
#include "tensor/random.hpp"

namespace ridgeline::test {

inline constexpr std::int64_t side = 6;
inline constexpr std::int32_t classes = 3;

/// Images 1x6x6 with noise and their labels. The third of the image that belongs to the class is
/// bright.
struct Pictures {
  std::vector<float> pixels;
  std::vector<std::int32_t> labels;
  explicit Pictures(int images, std::uint64_t stream = 0, float noise = 0.8f) {
    Random random(5, Purpose::test, stream);
    for (int i = 0; i < images; ++i) {
      const std::int32_t label = i % classes;
      labels.push_back(label);
      for (int k = 0; k < side * side; ++k) {
        pixels.push_back((k / 12 == label ? 0.4f : 0.0f) + noise * random.uniform());
      }
    }
  }
};

inline Dataset pictures(int images, std::uint64_t stream = 0, float noise = 0.8f) {
  const Pictures p(images, stream, noise);
  return from_memory(p.pixels, {1, side, side}, ImageLayout::nchw, p.labels, {"a", "b", "c"});
}

inline Network small_network() {
  return Network{conv2d({.filters = 4, .activation = "relu"}), max_pool2d(), flatten(),
                 dense({.units = classes, .activation = "softmax"})};
}

/// With statistics, with random numbers in training and with a penalty of activations.
inline Network rich_network() {
  return Network{conv2d({.filters = 4}),
                 batch_norm2d({.momentum = 0.9}),
                 activation("relu"),
                 activity_regularization({.l2 = 1e-3, .l1 = 1e-3}),
                 spatial_dropout2d({.rate = 0.1}),
                 flatten(),
                 gaussian_noise({.stddev = 0.05}),
                 dropout({.rate = 0.3}),
                 dense({.units = classes, .activation = "softmax"})};
}

inline ModelOptions small_options() {
  return {.input = {1, side, side},
          .optimizer = adam({.learning_rate = 0.01}),
          .regularize = l2(1e-3),
          .threads = 2,
          .shards = 2};
}

inline Model small_model() {
  return Model(small_network(), small_options());
}

/// Every weight and statistic, one after another.
inline std::vector<float> all_weights(const Model& model) {
  std::vector<float> all;
  for (const Parameter& parameter : model.layout().parameters) {
    const auto values = model.weights(parameter.name);
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

/// The same bits.
inline bool same(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

inline void expect_same(const Metrics& a, const Metrics& b) {
  EXPECT_EQ(a.data_loss, b.data_loss);
  EXPECT_EQ(a.penalty, b.penalty);
  EXPECT_EQ(a.objective, b.objective);
  for (const MetricValue& metric : a.values) {
    const MetricValue* other = b.find(metric.name);
    ASSERT_NE(other, nullptr) << metric.name;
    EXPECT_EQ(metric, *other) << metric.name;
  }
  EXPECT_EQ(a.images, b.images);
  EXPECT_EQ(a.data_loss_error, b.data_loss_error);
}

/// Everything except the times.
inline void expect_same(const History& a, const History& b) {
  ASSERT_EQ(a.epochs.size(), b.epochs.size());
  EXPECT_EQ(a.best_epoch, b.best_epoch);
  for (std::size_t i = 0; i < a.epochs.size(); ++i) {
    const Epoch &x = a.epochs[i], &y = b.epochs[i];
    EXPECT_EQ(x.epoch, y.epoch);
    EXPECT_EQ(x.learning_rate, y.learning_rate);
    EXPECT_EQ(x.l2, y.l2);
    EXPECT_EQ(x.decay_shrink, y.decay_shrink);
    EXPECT_TRUE(x.statistics == y.statistics) << "epoch " << x.epoch;
    expect_same(x.train, y.train);
    ASSERT_EQ(x.validation.has_value(), y.validation.has_value());
    if (x.validation) expect_same(*x.validation, *y.validation);
  }
  EXPECT_EQ(a.verdicts, b.verdicts);
}

/// Cross-entropy that does something after a number of shards.
class Trap : public Loss {
 public:
  std::string_view kind() const override { return loss_->kind(); }
  Attributes attributes() const override { return loss_->attributes(); }
  Head head() const override { return loss_->head(); }
  void check(std::span<const OutputSpec> outputs) const override { loss_->check(outputs); }
  void check_targets(const Targets& targets, std::span<const OutputSpec> outputs,
                     std::int64_t first_image) const override {
    loss_->check_targets(targets, outputs, first_image);
  }
  double evaluate(const Tensors& outputs, const Targets& targets, double scale,
                  GradientSpans gradients) const override {
    const double sum = loss_->evaluate(outputs, targets, scale, gradients);
    if (gradients.empty() || ++shards_seen != shards_until) return sum;
    stop = true;
    return result.value_or(sum);
  }

  mutable std::atomic<int> shards_seen = 0;
  int shards_until = -1;
  mutable std::atomic<bool> stop = false;  // set at that moment
  std::optional<double> result;            // returned at that moment

 private:
  LossPtr loss_ = cross_entropy();
};

}  // namespace ridgeline::test
