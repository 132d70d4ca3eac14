#include <filesystem>

#include "experiment/keys.hpp"
#include "experiment/support.hpp"
#include "support/random_regularize.hpp"

namespace ridgeline::experiment {
namespace {

void expect_round_trip(const Experiment& experiment) {
  const std::string text = to_toml(experiment);
  EXPECT_EQ(parse(text, "run/experiment.toml"), experiment) << text;
}

TEST(Write, ReadingBackGivesTheSame) {
  expect_round_trip(parsed(""));
  expect_round_trip(parsed(R"(
[data]
source = "idx"
path = "C:\\odd \"name\"\u0001\tü"
validation = "other"
test = "none"
augment = ["crop:2", "cutout:3", "noise:0.1", "mixup:0.2", "cutmix:1"]
[model]
layers = [
  { conv2d = { filters = 3, kernel = [3, 1], padding = "same" }, name = "a" },
  { conv2d = { filters = 3, kernel = 1, padding = [0, 1, 2, 3] }, inputs = ["input"] },
  { concat = {}, inputs = ["a", "conv2d_1"] },
  { activation = { function = "relu" } },
  { activity_regularization = { l2 = 0.01, l1 = 1e-4 } },
  { spatial_dropout2d = { rate = 0.2 } },
  { gaussian_noise = { stddev = 0.1 } },
  { normalize = { mean = [0.1, 0, 0, 0, 0, 0], std = [1, 1, 1, 1, 1, 3.5] } },
]
[loss]
label_smoothing = 0.05
class_weights = [1, 1e-9, 3]
[regularize]
l2 = { kind = "step", from = 0.1234567890123456789, factor = 0.3, every = 2.5, warmup = 1 }
l1 = 5e-324
decay = 1e300
exclude = []
rule = [
  { match = "dense*", l2_factor = 10, l1 = { kind = "cosine", from = 1e-3, to = 1e-9 } },
  { match = "*.bias", l2 = 0, l1 = 1e-7, decay = 2 },
]
[optimizer]
kind = "gd"
learning_rate = { kind = "one-cycle", from = 1, to = 0.001, warmup = 3 }
momentum = 0.9
clip_norm = 2
[train]
epochs = 2147483647
seed = 9223372036854775807
monitor = "train_objective"
run = "runs/x"
[select]
over = { "regularize.l2" = [0, 0.5], "train.batch" = { min = 8, max = 64, scale = "linear" }, "optimizer.kind" = ["sgd", "adam"], "data.augment" = [[], ["flip"]], "regularize.decay" = { unit = "timescale" }, "regularize.l2@dense*" = "auto" }
metric = "val_accuracy"
method = "random"
folds = 1
rule = "best"
)"));
}

TEST(Write, RandomPenaltiesAndRules) {
  const Network network = preset("resnet20", 10);
  const auto parameters = infer(network, {3, 32, 32}).parameters;
  Experiment experiment = parsed("model.preset = \"\"");
  for (std::uint64_t n = 0; n < 100; ++n) {
    experiment.regularize = test::random_regularize(n, parameters);
    experiment.model.layers = test::with_random_rules(n, network, parameters);
    expect_round_trip(experiment);
  }
}

TEST(Write, EveryOptimizersOptionsAsTheyWereResolved) {
  for (const auto* kind : {"gd", "sgd", "adam", "adamw", "nadam", "radam", "rmsprop", "adagrad",
                           "lamb", "lars", "lion", "muon", "lbfgs"}) {
    const Experiment experiment =
        parsed("", {std::string("optimizer.kind=") + kind, "optimizer.lookahead=6"});
    expect_round_trip(experiment);
    EXPECT_EQ(parse(to_toml(experiment), "run/experiment.toml").optimizer.lookahead, 6);
  }
  const std::string text = to_toml(parsed("", {"optimizer.kind=muon"}));
  EXPECT_NE(text.find("\nmomentum = 0.95 "), std::string::npos) << text;
}

TEST(Write, HoldsEveryKeyAndWhoWroteIt) {
  const std::string text = to_toml(parsed(""));
  std::size_t last = 0;
  for (const Key& key : keys()) {
    const auto at = text.find("\n" + std::string(key.field()) + " = ", last);
    EXPECT_NE(at, std::string::npos) << key.name;
    last = at;
    EXPECT_FALSE(key.meaning.empty()) << key.name;
  }
  EXPECT_NE(text.find("\n[ridgeline]\nversion = \""), std::string::npos);
  EXPECT_NE(text.find("\ncommit = \""), std::string::npos);
  EXPECT_NE(text.find("\nmachine = \""), std::string::npos);
}

TEST(Write, SavesAFileThatCanBeRead) {
  const auto file = std::filesystem::temp_directory_path() /
                    ("ridgeline-write-test-" + std::to_string(getpid()) + ".toml");
  const Experiment experiment = parsed("", {"train.epochs=3"});
  save(experiment, file);
  EXPECT_EQ(read(file), experiment);
  std::filesystem::remove(file);
  EXPECT_THROW(save(experiment, "/nonexistent/experiment.toml"), ResourceError);
}

}  // namespace
}  // namespace ridgeline::experiment
