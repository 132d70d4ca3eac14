#include <array>
#include <map>

#include "train/support.hpp"

namespace ridgeline {
namespace {

using test::all_weights;
using test::pictures;
using test::small_model;

// 90 images of one class, 6 and 4 of the others: without balance, the rare ones are hardly learnt.
TEST(Fit, BalancedSamplingShowsRareClassesAsOftenAsOthers) {
  const Dataset all = pictures(270);
  std::vector<std::size_t> which;
  std::array<int, 3> left = {90, 6, 4};
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (left[static_cast<std::size_t>(all.label(i))]-- > 0) which.push_back(i);
  }
  const Dataset data = all.subset(which);
  ASSERT_EQ(data.size(), 100u);
  std::map<std::string, double> recall;
  std::vector<std::vector<float>> weights;
  for (const std::string sampling : {"shuffle", "balanced", "balanced"}) {
    Model model = small_model();
    std::int64_t steps = 0;
    model.fit(data, {.epochs = 3,
                     .batch = 10,
                     .sampling = sampling,
                     .augment = {"noise:0.05"},
                     .callbacks = {.on_step = [&](const Progress& progress) {
                       steps = progress.steps;
                       return true;
                     }}});
    EXPECT_EQ(steps, 10) << "an epoch stays as long";
    recall[sampling] = model.evaluate(pictures(150, 1)).value("balanced_accuracy");
    weights.push_back(all_weights(model));
  }
  EXPECT_GT(recall["balanced"], recall["shuffle"] + 0.2);
  EXPECT_TRUE(test::same(weights[1], weights[2]));
}

}  // namespace
}  // namespace ridgeline
