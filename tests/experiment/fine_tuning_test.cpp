// Keys of fine-tuning and of class weights.
#include <gmock/gmock.h>

#include "experiment/build.hpp"
#include "experiment/keys.hpp"
#include "experiment/support.hpp"

namespace ridgeline::experiment {
namespace {

Dataset images(const std::vector<std::int32_t>& labels, std::vector<std::string> names) {
  const std::vector<float> pixels(labels.size() * 3 * 16 * 16);
  return from_memory(pixels, {3, 16, 16}, ImageLayout::nchw, labels, std::move(names));
}

TEST(FineTuningKeys, ReachTheModelAndTheFit) {
  const Experiment experiment = parsed(
      "[model]\npreset = \"resnet18\"\nfrozen = [\"conv2d_*\"]\n"
      "[optimizer]\n[[optimizer.rule]]\nmatch = \"conv2d_*\"\nlearning_rate_factor = 0.1\n"
      "[[optimizer.rule]]\nmatch = \"conv2d_1\"\nlearning_rate_factor = 2\n"
      "[train]\nunfreeze_at = 3\n");
  const std::vector<RateRule> rules = {{"conv2d_*", 0.1}, {"conv2d_1", 2}};
  EXPECT_EQ(experiment.optimizer.rules, rules);
  const Dataset train = images({0, 1}, {"a", "b"});
  EXPECT_EQ(model_options(experiment, train).rate_rules, rules);
  EXPECT_EQ(fit_options(experiment, {train, {}, {}}).unfreeze_at, 3);
  EXPECT_EQ(parsed("", {"optimizer.rule=[{ match = \"*\", learning_rate_factor = 0.5 }]"})
                .optimizer.rules,
            (std::vector<RateRule>{{"*", 0.5}}));
}

TEST(FineTuningKeys, RefuseWhatCannotBe) {
  EXPECT_EQ(
      refusal("[[optimizer.rule]]\nmatch = \"a\"\n"),
      "experiment.toml:1: optimizer.rule[0] needs 'match' and 'learning_rate_factor': { match = "
      "\"conv2d_*\", learning_rate_factor = 0.1 }");
  EXPECT_THAT(refusal("[[optimizer.rule]]\nmatch = \"a\"\nlearning_rate_factor = 0\n"),
              testing::HasSubstr("learning_rate_factor must be above 0"));
  EXPECT_THAT(refusal("[[optimizer.rule]]\nmatch = \"a\"\nfactor = 0.1\n"),
              testing::HasSubstr("has no key 'factor'"));
  EXPECT_THAT(refusal("[train]\nunfreeze_at = 3\n"), testing::HasSubstr("model.frozen"));
  EXPECT_THAT(refusal("[model]\nnormalize = \"imagenet\"\nlayers = [{ flatten = {} }]\n"),
              testing::HasSubstr("model.normalize"));
  EXPECT_THAT(refusal("[loss]\nclass_weights = \"equal\"\n"),
              testing::HasSubstr("an array, or \"balanced\""));
}

TEST(FineTuningKeys, NormalizeComesFirst) {
  Experiment experiment = parsed("[model]\npreset = \"resnet18\"\n");
  const Network plain = build_network(experiment, numbered_classes(10));
  experiment.model.normalize = "imagenet";
  const Network network = build_network(experiment, numbered_classes(10));
  ASSERT_EQ(network.nodes().size(), plain.nodes().size() + 1);
  EXPECT_EQ(network.nodes()[0].layer.spec().kind(), "normalize");
  for (std::size_t n = 0; n < plain.nodes().size(); ++n) {
    EXPECT_EQ(network.nodes()[n + 1].name, plain.nodes()[n].name);
  }
  EXPECT_EQ(infer(network, {3, 64, 64}).outputs.back(), infer(plain, {3, 64, 64}).outputs.back());
}

TEST(ClassWeights, BalancedIsScikitLearns) {
  Experiment experiment = parsed("[loss]\nclass_weights = \"balanced\"\n");
  EXPECT_EQ(experiment.loss.options.text("class_weights"), "balanced");
  balance_class_weights(experiment, images({0, 1, 1, 2, 1, 0}, {"a", "b", "c"}));
  // compute_class_weight("balanced", ...) of these labels
  EXPECT_EQ(experiment.loss.options.reals("class_weights"), (std::vector<double>{1, 2.0 / 3, 2}));

  Experiment twice =
      parsed("[loss]\nclass_weights = \"balanced\"\n[data]\nsampling = \"balanced\"\n");
  EXPECT_EQ(twice.data.sampling, "balanced");
  EXPECT_EQ(fit_options(twice, {}).sampling, "balanced");
  EXPECT_THROW(balance_class_weights(twice, images({0, 1, 2}, {"a", "b", "c"})), UsageError);
  EXPECT_THAT(refusal("[data]\nsampling = \"weighted\"\n"),
              testing::HasSubstr("data.sampling must be \"shuffle\" or \"balanced\""));
  Experiment missing = parsed("[loss]\nclass_weights = \"balanced\"\n");
  EXPECT_THROW(balance_class_weights(missing, images({0, 2}, {"a", "b", "c"})), DataError);
  Experiment plain = parsed("");
  balance_class_weights(plain, images({0, 2}, {"a", "b", "c"}));
  EXPECT_EQ(plain, parsed(""));
}

}  // namespace
}  // namespace ridgeline::experiment
