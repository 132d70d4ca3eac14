// Keys of updates, averages and initial weights: their limits and their effects.
#include "experiment/build.hpp"
#include "experiment/support.hpp"

namespace ridgeline::experiment {
namespace {

TEST(AveragingKeys, ReachTheTraining) {
  const Experiment experiment = parsed(
      "[model]\nweights = \"w\"\nfrozen = [\"dense_1\"]\n"
      "[train]\naccumulate = 4\naverage = \"swa\"\naverage_from = 3\n");
  const FitOptions fit = fit_options(experiment, {});
  EXPECT_EQ(fit.accumulate, 4);
  EXPECT_EQ(fit.average, "swa");
  EXPECT_EQ(fit.average_from, 3);
  const FitOptions moving =
      fit_options(parsed("[train]\naverage = \"ema\"\naverage_decay = 0.9\n"), {});
  EXPECT_EQ(moving.average, "ema");
  EXPECT_EQ(moving.average_decay, 0.9);
  const std::vector<float> pixels(4);
  const std::vector<std::int32_t> labels = {0};
  const ModelOptions model =
      model_options(experiment, from_memory(pixels, {1, 2, 2}, ImageLayout::nchw, labels, {"a"}));
  EXPECT_EQ(model.weights, "w");
  EXPECT_EQ(model.frozen, std::vector<std::string>{"dense_1"});
}

TEST(AveragingKeys, HaveLimits) {
  EXPECT_EQ(refusal("[train]\naccumulate = 0\n"),
            "experiment.toml:2: train.accumulate must be at least 1, not 0");
  EXPECT_EQ(refusal("[train]\naverage = \"emma\"\n"),
            "experiment.toml:2: train.average must be \"none\", \"ema\" or \"swa\" (perhaps "
            "\"ema\"), not the string \"emma\"");
  EXPECT_EQ(refusal("[train]\naverage_decay = 1.0\n"),
            "experiment.toml:2: train.average_decay must be at least 0 and below 1, not 1");
  for (const char* wrong : {"2.5", "-1"}) {
    EXPECT_EQ(refusal(std::string("[train]\naverage_from = ") + wrong + "\n"),
              std::string("experiment.toml:2: train.average_from must be a fraction of the epochs "
                          "below 1, or the number of an epoch, not ") +
                  wrong);
  }
  for (const char* right : {"0", "0.5", "1", "20", "20.0"}) {
    EXPECT_EQ(refusal(std::string("[train]\naverage = \"swa\"\naverage_from = ") + right + "\n"),
              "");
  }
}

}  // namespace
}  // namespace ridgeline::experiment
