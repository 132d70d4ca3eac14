// Compares standard errors with the bootstrap: the deviation of a metric over data sets whose
// images are drawn from one, with replacement.

#include <gtest/gtest.h>

#include <cmath>

#include "support.hpp"
#include "tensor/random.hpp"

namespace ridgeline {
namespace {

constexpr std::int64_t images = 400;
constexpr int resamples = 600;

// Outputs that follow the targets with noise. The values of an image have a common part, as in real
// images, so that standard errors that ignore it are wrong.
Images of_numbers(std::int64_t width, std::uint64_t stream) {
  Random random(3, Purpose::test, stream);
  Images made{width, {}, std::string(values_tensor), {}, {}, {}};
  for (std::int64_t i = 0; i < images; ++i) {
    const double shared = random.normal();
    for (std::int64_t v = 0; v < width; ++v) {
      const double target = 1000 + static_cast<double>(v + 1) * (shared + random.normal());
      const double noise = 0.5 * (shared + 0.5) * random.normal() + 0.3 * random.normal();
      made.rows.push_back(static_cast<float>(target));
      made.outputs.push_back(static_cast<float>(target + noise));
    }
  }
  return made;
}

Images of_labels(std::int64_t width, std::uint64_t stream) {
  Random random(3, Purpose::test, stream);
  Images made{width, {}, std::string(labels_tensor), {}, {}, {}};
  for (std::int64_t i = 0; i < images; ++i) {
    const double busy = random.uniform_double(), clear = random.uniform_double();
    for (std::int64_t l = 0; l < width; ++l) {
      const bool there = random.uniform_double() < 0.6 * busy;
      const bool right = random.uniform_double() < 0.5 + 0.5 * clear;
      made.rows.push_back(there ? 1.0F : 0.0F);
      made.outputs.push_back(there == right ? 0.8F : 0.1F);
    }
  }
  return made;
}

void weigh(Images& made) {
  Random random(4, Purpose::test);
  for (std::int64_t i = 0; i < made.size(); ++i) made.weights.push_back(2 * random.uniform());
}

double bootstrap(const Metric& metric, const Images& all) {
  Random random(5, Purpose::test);
  double sum = 0, squares = 0;
  for (int r = 0; r < resamples; ++r) {
    const MetricPtr drawn = metric.fresh();
    Images some = all;
    const auto width = static_cast<std::size_t>(all.width);
    for (std::size_t i = 0; i < static_cast<std::size_t>(images); ++i) {
      const auto from = static_cast<std::size_t>(random.below(static_cast<std::uint64_t>(images)));
      std::copy_n(all.outputs.begin() + static_cast<std::ptrdiff_t>(from * width), width,
                  some.outputs.begin() + static_cast<std::ptrdiff_t>(i * width));
      std::copy_n(all.rows.begin() + static_cast<std::ptrdiff_t>(from * width), width,
                  some.rows.begin() + static_cast<std::ptrdiff_t>(i * width));
      if (!all.weights.empty()) some.weights[i] = all.weights[from];
    }
    add(*drawn, some);
    const double value = drawn->value();
    sum += value;
    squares += value * value;
  }
  const double mean = sum / resamples;
  return std::sqrt(squares / resamples - mean * mean);
}

void expect_as_bootstrap(const std::string& line, const Images& all) {
  SCOPED_TRACE(testing::Message() << line << " of " << all.width
                                  << (all.weights.empty() ? "" : ", weighted"));
  const MetricPtr metric = make_metric(line);
  add(*metric, all);
  const double drawn = bootstrap(*metric, all);
  ASSERT_GT(drawn, 0);
  // The bootstrap's own deviation is 3 %.
  EXPECT_NEAR(metric->standard_error(), drawn, 0.12 * drawn);
}

TEST(StandardErrors, OfNumbersAreTheBootstraps) {
  for (const std::int64_t width : {1, 3}) {
    Images all = of_numbers(width, static_cast<std::uint64_t>(width));
    for (const std::string line : {"r2", "rmse", "mae"}) expect_as_bootstrap(line, all);
    weigh(all);
    for (const std::string line : {"r2", "rmse"}) expect_as_bootstrap(line, all);
  }
}

TEST(StandardErrors, OfLabelsAreTheBootstraps) {
  Images all = of_labels(4, 9);
  const std::vector<std::string> lines = {"precision", "precision:micro", "recall", "recall:micro",
                                          "f1",        "f1:micro"};
  for (const std::string& line : lines) expect_as_bootstrap(line, all);
  weigh(all);
  for (const std::string& line : lines) expect_as_bootstrap(line, all);
}

// The recall of one label is a share of the images that have it.
TEST(StandardErrors, OfOneLabelsRecallIsTheBinomialOne) {
  Images all{1, {}, std::string(labels_tensor), {}, {}, {}};
  for (int i = 0; i < 50; ++i) {
    all.rows.push_back(i < 20 ? 1.0F : 0.0F);
    all.outputs.push_back(i < 15 || i > 40 ? 0.9F : 0.1F);
  }
  const MetricPtr metric = make_metric("recall");
  add(*metric, all);
  EXPECT_DOUBLE_EQ(metric->value(), 0.75);
  EXPECT_NEAR(metric->standard_error(), std::sqrt(50.0 / 49 * 0.75 * 0.25 / 20), 1e-12);
}

TEST(StandardErrors, AreUnknownRatherThan0ForManyNumbersOrLabels) {
  constexpr std::int64_t most = 256;
  for (const std::int64_t width : {most, most + 1}) {
    Images numbers = of_numbers(width, 1), labels = of_labels(width, 1);
    for (Images* all : {&numbers, &labels}) {  // few, since all pairs of numbers are used
      all->rows.resize(static_cast<std::size_t>(8 * width));
      all->outputs.resize(static_cast<std::size_t>(8 * width));
    }
    for (const std::string line : {"r2", "rmse", "f1", "precision", "recall", "f1:micro"}) {
      SCOPED_TRACE(testing::Message() << line << " of " << width);
      const MetricPtr metric = make_metric(line);
      add(*metric, line[0] == 'r' && line != "recall" ? numbers : labels);
      if (width <= most || line == "f1:micro") {
        EXPECT_GT(metric->standard_error(), 0);
      } else {
        EXPECT_TRUE(std::isnan(metric->standard_error()));
      }
      EXPECT_TRUE(std::isfinite(metric->value()));
      const MetricPtr restored = metric->fresh();
      restored->restore(metric->state());
      EXPECT_EQ(restored->state(), metric->state());
    }
  }
}

}  // namespace
}  // namespace ridgeline
