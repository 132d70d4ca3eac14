// Compares metrics with scikit-learn's: tools/golden/make_metrics.py.

#include "support/golden.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "metrics/registry.hpp"
#include "metrics/support.hpp"
#include "tensor/random.hpp"

namespace ridgeline {
namespace {

constexpr double tolerance = 1e-6;

template <typename T>
std::vector<T> as(const golden::Arrays& arrays, std::string_view name) {
  const auto found = arrays.find(std::string(name));
  if (found == arrays.end()) return {};
  return {found->second.begin(), found->second.end()};
}

Images images_of(const golden::Arrays& arrays) {
  Images images;
  images.width = static_cast<std::int64_t>(arrays.at("width")[0]);
  images.outputs = as<float>(arrays, "outputs");
  images.weights = as<float>(arrays, weight_tensor);
  for (const auto name : {class_tensor, labels_tensor, values_tensor}) {
    if (arrays.contains(std::string(name))) images.target = name;
  }
  if (images.target == class_tensor) {
    images.classes = as<std::int32_t>(arrays, images.target);
  } else {
    images.rows = as<float>(arrays, images.target);
  }
  return images;
}

// The metrics of a case, by the lines that make them.
std::vector<std::string> lines_of(const golden::Arrays& arrays) {
  constexpr std::string_view prefix = "metric:";
  std::vector<std::string> lines;
  for (const auto& [name, values] : arrays) {
    if (name.starts_with(prefix)) lines.push_back(name.substr(prefix.size()));
  }
  return lines;
}

TEST(MetricGolden, ValuesAreScikitLearns) {
  std::set<std::string> kinds;
  for (const auto& [name, arrays] : golden::read("metrics.txt")) {
    const Images images = images_of(arrays);
    for (const std::string& line : lines_of(arrays)) {
      SCOPED_TRACE(testing::Message() << name << ", " << line);
      kinds.insert(line.substr(0, line.find(':')));
      const MetricPtr metric = make_metric(line);
      add(*metric, images);
      const double wanted = arrays.at("metric:" + line)[0];
      if (std::isnan(wanted)) {
        EXPECT_TRUE(std::isnan(metric->value()));
      } else {
        EXPECT_NEAR(metric->value(), wanted, tolerance);
      }
    }
  }
  EXPECT_EQ(kinds.size(), metrics::known_names().size()) << "a kind has no golden value";
}

TEST(MetricGolden, ValuesByClassAreScikitLearns) {
  constexpr std::string_view prefix = "classes:";
  int compared = 0;
  for (const auto& [name, arrays] : golden::read("metrics.txt")) {
    const Images images = images_of(arrays);
    for (const auto& [key, wanted] : arrays) {
      if (!key.starts_with(prefix)) continue;
      SCOPED_TRACE(testing::Message() << name << ", " << key);
      const MetricPtr metric = make_metric(key.substr(prefix.size()));
      add(*metric, images);
      const auto values = metric->details().per_class;
      ASSERT_EQ(values.size(), wanted.size());
      for (std::size_t c = 0; c < values.size(); ++c, ++compared) {
        if (std::isnan(wanted[c])) {
          EXPECT_TRUE(std::isnan(values[c])) << c << ": " << values[c];
        } else {
          EXPECT_NEAR(values[c], wanted[c], tolerance) << c;
        }
      }
    }
  }
  EXPECT_GT(compared, 100);
}

TEST(MetricGolden, TheConfusionMatrixIsScikitLearns) {
  int compared = 0;
  for (const auto& [name, arrays] : golden::read("metrics.txt")) {
    const auto wanted = arrays.find("confusion");
    if (wanted == arrays.end()) continue;
    SCOPED_TRACE(name);
    const MetricPtr metric = make_metric("balanced_accuracy");
    add(*metric, images_of(arrays));
    std::vector<double> all;
    for (const auto& row : metric->details().confusion)
      all.insert(all.end(), row.begin(), row.end());
    EXPECT_EQ(all, wanted->second);
    ++compared;
  }
  EXPECT_GT(compared, 10);
}

void expect_same(double a, double b) {
  if (std::isnan(a)) {
    EXPECT_TRUE(std::isnan(b));
  } else {
    EXPECT_NEAR(a, b, 1e-9 * (1 + std::abs(a)));
  }
}

// Also through the state in a checkpoint.
TEST(MetricGolden, MergedPartsAreTheWhole) {
  Random random(7, Purpose::test);
  for (const auto& [name, arrays] : golden::read("metrics.txt")) {
    const Images images = images_of(arrays);
    for (const std::string& line : lines_of(arrays)) {
      SCOPED_TRACE(testing::Message() << name << ", " << line);
      const MetricPtr whole = make_metric(line);
      add(*whole, images);
      for (int attempt = 0; attempt < 5; ++attempt) {
        const MetricPtr merged = whole->fresh();
        for (std::int64_t first = 0; first < images.size();) {
          const auto left = static_cast<std::uint64_t>(images.size() - first);
          const auto count = static_cast<std::int64_t>(1 + random.below(left));
          const MetricPtr part = whole->fresh(), restored = whole->fresh();
          add(*part, images, first, count);
          restored->restore(part->state());
          EXPECT_EQ(restored->state(), part->state());
          if (attempt % 2 == 0) {
            merged->merge(*restored);
          } else {
            add(*merged, images, first, count);
          }
          first += count;
        }
        expect_same(whole->value(), merged->value());
        expect_same(whole->standard_error(), merged->standard_error());
        merged->clear();
        EXPECT_EQ(merged->state(), whole->fresh()->state());
      }
    }
  }
}

// Such as images that cannot be read. Their outputs may even be NaN.
TEST(MetricGolden, ImagesOfWeight0ChangeNothing) {
  for (const auto& [name, arrays] : golden::read("metrics.txt")) {
    const Images images = images_of(arrays);
    Images more = images;
    const auto width = static_cast<std::size_t>(images.width);
    if (more.weights.empty()) more.weights.assign(static_cast<std::size_t>(images.size()), 1);
    for (int k = 0; k < 3; ++k) {
      more.outputs.insert(more.outputs.begin(), width, k == 0 ? std::nanf("") : 0.9f);
      more.weights.insert(more.weights.begin(), 0);
      if (more.target == class_tensor) {
        more.classes.insert(more.classes.begin(), 1);
      } else {
        more.rows.insert(more.rows.begin(), width, 1);
      }
    }
    for (const std::string& line : lines_of(arrays)) {
      SCOPED_TRACE(testing::Message() << name << ", " << line);
      const MetricPtr metric = make_metric(line), other = metric->fresh();
      add(*metric, images);
      add(*other, more);
      EXPECT_EQ(other->state(), metric->state());
      expect_same(other->value(), metric->value());
      expect_same(other->standard_error(), metric->standard_error());
      EXPECT_EQ(other->details().confusion, metric->details().confusion);
    }
  }
}

// The influence of an image is the derivative of the value by its weight. Here it comes from
// differences.
TEST(MetricGolden, StandardErrorsComeFromTheInfluenceOfEachImage) {
  std::set<std::string> compared;
  for (const auto& [name, arrays] : golden::read("metrics.txt")) {
    Images images = images_of(arrays);
    if (images.weights.empty()) continue;
    const auto counts = [](float weight) { return weight != 0; };
    const auto n = static_cast<double>(std::ranges::count_if(images.weights, counts));
    for (const std::string& line : lines_of(arrays)) {
      // There, each label of an image counts separately.
      if (line == "ece" && images.target == labels_tensor) continue;
      const MetricPtr metric = make_metric(line);
      add(*metric, images);
      const double error = metric->standard_error();
      if (error == 0) continue;
      SCOPED_TRACE(testing::Message() << name << ", " << line);
      double squares = 0;
      for (float& weight : images.weights) {
        if (weight == 0) continue;
        const float before = weight, step = before / 128;
        const auto value = [&](float changed) {
          weight = changed;
          const MetricPtr other = metric->fresh();
          add(*other, images);
          return other->value();
        };
        const double rise = value(before + step) - value(before - step);
        weight = before;
        squares += std::pow(rise * 64, 2);
      }
      // DeLong corrects positives and negatives by their own numbers.
      const bool corrected = line != "roc_auc" && line != "average_precision";
      const double wanted = std::sqrt(squares * (corrected ? n / (n - 1) : 1));
      EXPECT_NEAR(error, wanted, (line == "roc_auc" ? 0.1 : 2e-3) * wanted);
      compared.insert(line.substr(0, line.find(':')));
    }
  }
  EXPECT_EQ(compared.size(), metrics::known_names().size());
}

}  // namespace
}  // namespace ridgeline
