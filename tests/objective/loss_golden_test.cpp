// Compares losses of given head values with PyTorch's, torchvision's and numpy's:
// tools/golden/make_golden.py.

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>

#include "ridgeline/loss.hpp"
#include "support/golden.hpp"

namespace ridgeline {
namespace {

constexpr std::size_t images = 5;

template <typename T>
std::vector<T> as(const golden::Arrays& arrays, const std::string& name) {
  const auto found = arrays.find(name);
  if (found == arrays.end()) return {};
  return {found->second.begin(), found->second.end()};
}

LossPtr loss_of(const std::string& kind, const golden::Arrays& arrays) {
  Attributes options;
  for (const std::string name : {"label_smoothing", "gamma", "alpha"}) {
    if (const auto value = as<double>(arrays, name); !value.empty()) options.set(name, value[0]);
  }
  const auto weights = as<double>(arrays, "class_weights");
  if (!weights.empty()) options.set("class_weights", weights);
  return make_loss(kind, options);
}

TEST(LossGolden, SumsMeansAndGradientsArePyTorchs) {
  const auto cases = golden::read("losses.txt");
  std::set<std::string> kinds;
  for (const auto& [name, arrays] : cases) {
    SCOPED_TRACE(name);
    const std::string kind = name.substr(0, name.find(':'));
    kinds.insert(kind);
    const LossPtr loss = loss_of(kind, arrays);
    const auto head = as<float>(arrays, "head"), values = as<float>(arrays, "targets");
    const auto classes = as<std::int32_t>(arrays, "labels");
    const std::size_t outputs = head.size() / images;
    const auto width = static_cast<std::int64_t>(outputs);
    const Targets targets = values.empty() ? class_targets(classes) : value_targets(values, width);
    const std::array specs{OutputSpec{"output", {width}, "linear"}};
    loss->check_targets(targets, specs, 0);

    // PyTorch's sum is over the outputs, too, if its mean is.
    const bool softmax = kind == "cross-entropy" || kind == "focal";
    const double share = softmax ? 1 : 1 / static_cast<double>(outputs);
    const double expected = share * arrays.at("sum")[0];
    std::vector<float> gradient(head.size());
    const double sum = loss->evaluate(head, targets, 3, gradient);
    EXPECT_NEAR(sum, expected, 1e-7 * std::abs(expected));
    for (std::size_t i = 0; i < head.size(); ++i) {
      const double wanted = 3 * share * arrays.at("gradient")[i];
      EXPECT_NEAR(gradient[i], wanted, 1e-6 * (1e-3 + std::abs(wanted))) << i;
    }
    // For soft targets with class weights, our mean is intentionally different: see loss.hpp.
    if (values.empty() || !arrays.contains("class_weights")) {
      const double mean = arrays.at("mean")[0];
      EXPECT_NEAR(sum / loss->weight(targets), mean, 1e-7 * std::abs(mean));
    }
  }
  EXPECT_EQ(kinds, (std::set<std::string>{"binary-cross-entropy", "binary-focal", "cross-entropy",
                                          "focal", "mse"}));
}

}  // namespace
}  // namespace ridgeline
