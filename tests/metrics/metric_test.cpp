#include "ridgeline/metric.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "metrics/registry.hpp"
#include "metrics/set.hpp"
#include "metrics/support.hpp"
#include "ridgeline/error.hpp"
#include "support/expect_error.hpp"

namespace ridgeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

std::string refusal(const std::string& line) {
  try {
    make_metric(line);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

double measured(const std::string& line, const Images& images) {
  const MetricPtr metric = make_metric(line);
  add(*metric, images);
  return metric->value();
}

TEST(MakeMetric, TakesKindsOptionsAndNames) {
  EXPECT_EQ(make_metric("top_k")->name(), "top5");
  EXPECT_EQ(make_metric("top_k:3")->name(), "top3");
  EXPECT_EQ(make_metric("top_k:k=3")->name(), "top3");
  EXPECT_EQ(make_metric("top5")->name(), "top5");
  EXPECT_EQ(make_metric("f1")->name(), "f1_macro");
  EXPECT_EQ(make_metric("f1_macro")->name(), "f1_macro");
  EXPECT_EQ(make_metric("f1:micro")->name(), "f1_micro");
  EXPECT_EQ(make_metric("recall:micro,threshold=0.25")->name(), "recall_micro");
  EXPECT_EQ(make_metric("top_k", {{"k", std::int64_t{2}}})->name(), "top2");
}

TEST(MakeMetric, SaysWhatIsWrong) {
  EXPECT_THAT(refusal("acuracy"),
              HasSubstr("there is no metric 'acuracy': did you mean 'accuracy'"));
  EXPECT_THAT(refusal(""), HasSubstr("there is no metric ''"));
  EXPECT_THAT(refusal("top_k:0"), HasSubstr("k must be at least 1, not 0"));
  EXPECT_THAT(refusal("top_k:-2"), HasSubstr("k must be at least 1, not -2"));
  EXPECT_THAT(refusal("top_k:many"), HasSubstr("k"));
  EXPECT_THAT(refusal("top_k:"), HasSubstr("ends in a colon"));
  EXPECT_THAT(refusal("ece:bin=3"), HasSubstr("ece has no key 'bin': did you mean 'bins'?"));
  EXPECT_THAT(refusal("ece:0"), HasSubstr("ece: bins must be at least 1, not 0"));
  EXPECT_THAT(refusal("ece:bins=2,bins=3"), HasSubstr("sets bins twice"));
  EXPECT_THAT(refusal("mae:3"), HasSubstr("a value for no option"));
  EXPECT_THAT(refusal("mae:k=3"), HasSubstr("mae has no key 'k'"));
  EXPECT_THAT(refusal("f1:weighted"),
              HasSubstr("f1: average must be \"macro\" or \"micro\", not \"weighted\""));
  EXPECT_THAT(refusal("f1:threshold=1"), HasSubstr("threshold must be above 0 and below 1"));
}

TEST(MakeMetric, EveryKindIsThereByItsName) {
  for (const std::string& name : metrics::known_names()) {
    EXPECT_EQ(make_metric(name)->name(), name);
    EXPECT_FALSE(make_metric(name)->measures().empty()) << name;
  }
}

// Without images every metric is 0, or NaN if it is not defined.
TEST(Metrics, OfNoImagesAreZero) {
  for (const std::string& name : metrics::known_names()) {
    EXPECT_EQ(make_metric(name)->value(), 0) << name;
    EXPECT_EQ(make_metric(name)->standard_error(), 0) << name;
  }
}

TEST(Metrics, OfOneImageHaveNoError) {
  const Images image = of_classes(3, {0.2F, 0.5F, 0.3F}, {1});
  for (const std::string& name : metrics::known_names()) {
    const MetricPtr metric = make_metric(name);
    if (metric->measures()[0] != class_tensor) continue;
    add(*metric, image);
    EXPECT_EQ(metric->standard_error(), 0) << name;
  }
}

TEST(Metrics, AnImageWithANanIsNotRecognised) {
  Images images;
  images.width = 6;
  images.target = class_tensor;
  for (std::int32_t place = 0; place < 6; ++place) {  // NaN at the true class, or everywhere
    for (int c = 0; c < 6; ++c) images.outputs.push_back(place == 5 || c == place ? nan : 0.1F);
    images.classes.push_back(place);
  }
  for (const char* line : {"accuracy", "top5", "top_k:6", "balanced_accuracy", "precision",
                           "recall", "f1", "f1:micro", "recall:micro"}) {
    EXPECT_EQ(measured(line, images), 0) << line;
  }
  for (const char* line : {"ece", "brier", "roc_auc", "average_precision"}) {
    EXPECT_TRUE(std::isnan(measured(line, images))) << line;
  }
  const MetricPtr metric = make_metric("balanced_accuracy");
  add(*metric, images);
  EXPECT_EQ(metric->details().confusion, std::vector(6, std::vector<std::int64_t>(6, 0)));
}

TEST(Metrics, ANanAmongRightAnswersLowersRecallNotPrecision) {
  const Images images = of_classes(2, {0.9F, 0.1F, nan, 0.1F, 0.2F, 0.8F}, {0, 0, 1});
  EXPECT_DOUBLE_EQ(measured("precision", images), 1);
  EXPECT_DOUBLE_EQ(measured("recall", images), 0.75);
  EXPECT_DOUBLE_EQ(measured("accuracy", images), 2.0 / 3);
}

TEST(Metrics, OfEqualOutputsTheFirstCountAsMoreProbable) {
  for (std::int32_t c = 0; c < 10; ++c) {
    const Images images = of_classes(10, std::vector<float>(10, 0.1F), {c});
    EXPECT_EQ(measured("top5", images), c < 5) << c;
    EXPECT_EQ(measured("accuracy", images), c == 0) << c;
  }
}

TEST(Metrics, TopKOfFewerClassesIsOne) {
  EXPECT_EQ(measured("top5", of_classes(3, {1, 2, 3}, {0})), 1);
  EXPECT_EQ(measured("top_k:2", of_classes(1, {0.9F}, {0})), 1);
  EXPECT_EQ(measured("top_k:1", of_classes(1, {0.9F}, {0})), 0);
}

TEST(Metrics, SoftLabelsCountByTheirLargest) {
  Images images;
  images.width = 3;
  images.target = probabilities_tensor;
  images.outputs = {0.1F, 0.8F, 0.1F, 0.6F, 0.3F, 0.1F};
  images.rows = {0.2F, 0.5F, 0.3F, 0.1F, 0.2F, 0.7F};
  EXPECT_DOUBLE_EQ(measured("accuracy", images), 0.5);
  EXPECT_NEAR(measured("brier", images), (0.01 + 0.09 + 0.04 + 0.25 + 0.01 + 0.36) / 2, 1e-7);
}

TEST(Metrics, AccuracyHasTheBinomialError) {
  const Images images = of_classes(1, {0.9F, 0.2F, 0.6F, 0.7F}, {1, 0, 0, 1});
  const MetricPtr metric = make_metric("accuracy");
  add(*metric, images);
  EXPECT_DOUBLE_EQ(metric->value(), 0.75);
  EXPECT_NEAR(metric->standard_error(), std::sqrt(0.75 * 0.25 / 3), 1e-12);
}

// Two positives and two negatives by hand: shares of the positives 1 and 1/2, of the negatives 1
// and 1/2, each with a variance of 1/8.
TEST(Metrics, AreaUnderTheCurveHasDeLongsError) {
  const Images images = of_classes(1, {0.9F, 0.3F, 0.5F, 0.1F}, {1, 1, 0, 0});
  const MetricPtr metric = make_metric("roc_auc");
  add(*metric, images);
  EXPECT_DOUBLE_EQ(metric->value(), 0.75);
  EXPECT_NEAR(metric->standard_error(), std::sqrt(0.125 / 2 + 0.125 / 2), 1e-12);
}

TEST(Metrics, R2KeepsItsDigitsFarFromZero) {
  Images images;
  images.target = values_tensor;
  for (int i = 0; i < 1000; ++i) {
    images.rows.push_back(static_cast<float>(1'000'000 + i % 2));
    images.outputs.push_back(images.rows.back() + (i % 4 < 2 ? 0.25F : -0.25F));
  }
  EXPECT_NEAR(measured("r2", images), 0.75, 1e-9);
}

TEST(Metrics, RefuseOtherTargetsAndCounts) {
  const Images classes = of_classes(3, {1, 2, 3, 3, 2, 1}, {0, 1});
  EXPECT_THROW(measured("mae", classes), UsageError);
  EXPECT_THROW(measured("accuracy", of_classes(3, {1, 2, 3}, {3})), UsageError);
  EXPECT_THROW(measured("accuracy", of_classes(3, {1, 2, 3}, {-1})), UsageError);
  const Images fewer = of_classes(3, {1, 2, 3}, {0});
  EXPECT_THROW(make_metric("accuracy")->add(fewer.output_tensors(), classes.target_tensors()),
               UsageError);
}

TEST(Metrics, RefuseAStateThatIsCorrupt) {
  const Images images = of_classes(3, {0.5F, 0.3F, 0.2F, 0.1F, 0.8F, 0.1F}, {0, 2});
  for (const std::string& name : metrics::known_names()) {
    const MetricPtr metric = make_metric(name);
    if (metric->measures()[0] == class_tensor) add(*metric, images);
    std::vector<double> state = metric->state();
    state.push_back(0.5);
    EXPECT_THROW(metric->fresh()->restore(state), DataError) << name;
    if (state.size() < 2) continue;
    state.resize(state.size() - 2);
    EXPECT_THROW(metric->fresh()->restore(state), DataError) << name;
  }
  std::vector<double> huge{1e15, 1e15, 0};
  EXPECT_THROW(make_metric("roc_auc")->restore(huge), DataError);
  EXPECT_THROW(make_metric("f1")->restore(huge), DataError);
  EXPECT_THROW(make_metric("f1")->restore(std::vector<double>{3, 1, 7, 0, 1, 1, 1, 0}), DataError);
  EXPECT_THROW(make_metric("roc_auc")->restore(std::vector<double>{1, 1, 0, 0.5, 2, 1}), DataError);
}

using metrics::Link;
using metrics::MetricSet;

MetricSet set_of(std::vector<std::string> lines, std::string_view target = class_tensor) {
  return {lines, target};
}

std::vector<double> values_of(const MetricSet& set) {
  std::vector<double> values;
  for (const MetricValue& value : set.values()) values.push_back(value.value);
  return values;
}

TEST(MetricSet, GivesProbabilitiesToThoseThatNeedThem) {
  const Images logits = of_classes(3, {4, 1, 0, -2, 0, 3, 1, 1.5F, -1}, {0, 1, 1});
  Images probabilities = logits;
  for (std::size_t i = 0; i < 9; i += 3) {
    double sum = 0;
    for (std::size_t c = i; c < i + 3; ++c) sum += std::exp(logits.outputs[c]);
    for (std::size_t c = i; c < i + 3; ++c) {
      probabilities.outputs[c] = static_cast<float>(std::exp(logits.outputs[c]) / sum);
    }
  }
  const std::vector<std::string> lines{"accuracy", "top_k:2", "brier", "ece", "roc_auc", "f1"};
  MetricSet from_logits = set_of(lines), direct = set_of(lines);
  from_logits.add(logits.output_tensors(), logits.target_tensors(), Link::softmax);
  direct.add(probabilities.output_tensors(), probabilities.target_tensors(), Link::none);
  for (std::size_t m = 0; m < lines.size(); ++m) {
    EXPECT_NEAR(values_of(from_logits)[m], values_of(direct)[m], 1e-6) << lines[m];
  }
}

TEST(MetricSet, TellsTwoClassesApartByTheMiddleOfTheSigmoid) {
  const Images logits = of_classes(1, {0.25F, -0.25F, 0.75F}, {1, 0, 1});
  MetricSet set = set_of({"accuracy", "f1", "balanced_accuracy"});
  set.add(logits.output_tensors(), logits.target_tensors(), Link::sigmoid);
  EXPECT_THAT(values_of(set), ElementsAre(1, 1, 1));
  set.clear();
  set.add(logits.output_tensors(), logits.target_tensors(), Link::none);
  EXPECT_DOUBLE_EQ(values_of(set)[0], 2.0 / 3);
}

TEST(MetricSet, KeepsTheOrderAndDropsWhatComesTwice) {
  const MetricSet set = set_of({"top_k:3", "f1", "accuracy", "f1_macro", "top_k:k=3"});
  const auto names = set.names();
  ASSERT_EQ(names.size(), 3);
  EXPECT_EQ(names[0].name, "top3");
  EXPECT_EQ(names[1].name, "f1_macro");
  EXPECT_EQ(names[2].name, "accuracy");
}

TEST(MetricSet, RefusesWhatTheTargetsDoNotHave) {
  EXPECT_THROW(set_of({"mae"}), UsageError);
  EXPECT_THROW(set_of({"accuracy"}, values_tensor), UsageError);
  EXPECT_THROW(set_of({"top5"}, labels_tensor), UsageError);
}

TEST(MetricSet, RefusesAThresholdForClasses) {
  EXPECT_USAGE_ERROR(
      set_of({"f1:threshold=0.3"}),
      "f1:threshold=0.3 is not measured on targets called 'class', which these images have, "
      "but on: labels: leave its options out");
  EXPECT_THROW(set_of({"recall:micro,threshold=0.6"}, probabilities_tensor), UsageError);
  EXPECT_NO_THROW(set_of({"f1:threshold=0.5"}));
  EXPECT_NO_THROW(set_of({"f1:threshold=0.3"}, labels_tensor));
}

// Those that are asked for come after the usual ones.
TEST(MetricSet, OptionsReplaceTheUsualOnes) {
  const Images images{2, {0.4F, 0.1F}, std::string(labels_tensor), {}, {1, 0}, {}};
  MetricSet usual = set_of({"f1", "accuracy"}, labels_tensor),
            other = set_of({"f1", "accuracy", "f1:threshold=0.3"}, labels_tensor);
  for (MetricSet* set : {&usual, &other}) {
    set->add(images.output_tensors(), images.target_tensors(), Link::none);
  }
  EXPECT_THAT(values_of(usual), ElementsAre(0, 0));
  EXPECT_THAT(values_of(other), ElementsAre(0.5, 0));
}

TEST(MetricSet, GoesOnFromItsState) {
  const Images images = of_classes(3, {0.5F, 0.3F, 0.2F, 0.1F, 0.8F, 0.1F}, {0, 2});
  MetricSet set = set_of({"accuracy", "f1", "roc_auc"}), other = set.fresh();
  set.add(images.output_tensors(), images.target_tensors(), Link::none);
  other.restore(set.state());
  EXPECT_EQ(values_of(other), values_of(set));
  std::vector<double> state = set.state();
  state.pop_back();
  EXPECT_THROW(other.restore(state), DataError);
  EXPECT_THROW(other.restore({}), DataError);
}

class Constant final : public Metric {
 public:
  explicit Constant(double value) : value_(value) {}
  std::string name() const override { return "constant"; }
  bool higher_is_better() const override { return false; }
  std::vector<std::string_view> measures() const override { return {class_tensor}; }
  void add(const Tensors&, const Tensors&) override {}
  void merge(const Metric&) override {}
  double value() const override { return value_; }
  void clear() override {}
  MetricPtr fresh() const override { return std::make_unique<Constant>(value_); }
  std::vector<double> state() const override { return {}; }
  void restore(std::span<const double>) override {}

 private:
  double value_;
};

TEST(RegisterMetric, MakesAnApplicationsOwnWithItsOption) {
  register_metric({.name = "constant",
                   .meaning = "the same for all images",
                   .options = {{"level", "what it is", 1.0, limits::not_negative}}},
                  [](const Attributes& options) -> MetricPtr {
                    return std::make_unique<Constant>(options.real("level"));
                  });
  EXPECT_EQ(make_metric("constant:0.25")->value(), 0.25);
  EXPECT_EQ(make_metric("constant")->value(), 1);
  EXPECT_THROW(make_metric("constant:other=1"), UsageError);
  EXPECT_THAT(refusal("constant:-1"), HasSubstr("constant: level must be at least 0, not -1"));
  EXPECT_TRUE(std::isnan(make_metric("constant")->standard_error())) << "it has no formula";
  EXPECT_EQ(metric_kinds().back().name, "constant");
  EXPECT_THROW(register_metric({.name = "constant"}, nullptr), UsageError);
  EXPECT_THROW(register_metric({.name = "accuracy"}, nullptr), UsageError);
  EXPECT_THROW(register_metric({.name = "My metric"}, nullptr), UsageError);
}

}  // namespace
}  // namespace ridgeline
