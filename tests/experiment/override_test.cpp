#include "experiment/keys.hpp"
#include "experiment/support.hpp"
#include "ridgeline/optimizers.hpp"

namespace ridgeline::experiment {
namespace {

TEST(Override, ValuesAreTomlAndBareWordsAreStrings) {
  const Experiment experiment =
      parsed("[train]\nepochs = 3\nbatch = 8\n",
             {"train.epochs=5", "model.preset=lenet5", "data.path=/data/my images#2",
              "regularize.l2=1e-3", "data.augment=[\"flip\"]", "optimizer.kind = \"sgd\"",
              "optimizer.nesterov=true", "optimizer.momentum=0.9",
              "optimizer.learning_rate={ kind = \"step\", from = 0.1, every = 2 }",
              "regularize.rule=[{ match = \"dense*\", l2 = 0 }]",
              "select.over={ \"regularize.l2\" = [0, 1e-2] }"});
  EXPECT_EQ(experiment.train.epochs, 5);
  EXPECT_EQ(experiment.train.batch, 8);
  EXPECT_EQ(experiment.model.preset, "lenet5");
  EXPECT_EQ(experiment.data.path, "/data/my images#2");
  EXPECT_EQ(experiment.regularize.l2, Schedule(1e-3));
  EXPECT_EQ(experiment.data.augment, std::vector<std::string>{"flip"});
  EXPECT_EQ(experiment.optimizer.kind, "sgd");
  EXPECT_EQ(experiment.optimizer.learning_rate.every, 2);
  EXPECT_EQ(experiment.regularize.rules.at(0).l2, 0);
  EXPECT_EQ(experiment.select.over.at("regularize.l2").values.size(), 2);
}

TEST(Override, TheLastOneWins) {
  EXPECT_EQ(parsed("", {"train.epochs=5", "train.epochs=7"}).train.epochs, 7);
}

TEST(Override, ErrorsNameTheKeyAlone) {
  EXPECT_EQ(refusal("", {"train.batch=0"}), "train.batch must be at least 1, not 0");
  EXPECT_EQ(refusal("", {"train.epoch=0"}),
            "unknown key 'train.epoch': did you mean 'train.epochs'?");
  EXPECT_EQ(refusal("", {"epochs=1"}), "unknown key 'epochs': did you mean 'train.epochs'?");
  EXPECT_EQ(refusal("", {"train.epochs=five"}),
            "train.epochs must be a whole number, not the string \"five\"");
  EXPECT_EQ(refusal("", {"train.batch=1e3"}),
            "train.batch must be a whole number: write 1000, without a point or an exponent");
  for (const char* number : {"99999999999999999999", "1e400"}) {
    EXPECT_EQ(refusal("", {std::string("train.batch=") + number}),
              std::string("train.batch: the number ") + number +
                  " is too large, or not as TOML writes numbers");
  }
  EXPECT_NE(refusal("", {"model.layers=[{}]"}).find(", not an empty table"), std::string::npos);
  EXPECT_EQ(refusal("", {"regularize.l1=nan"}), "regularize.l1 must be a finite number, not nan");
  for (const char* text : {"train.epochs", "=5", "train.epochs=", "data.augment=[\"flip\"",
                           "train..epochs=5", "train=5", "optimizer.learning_rate={ from = }"}) {
    EXPECT_NE(refusal("", {text}), "") << text;
  }
}

TEST(Override, PresetAndLayersReplaceEachOther) {
  const char* file = "[model]\nlayers = [{ flatten = {} }, { dense = { units = 10 } }]\n";
  EXPECT_EQ(parsed(file).model.preset, "");
  EXPECT_EQ(parsed(file).model.layers.nodes().size(), 2);
  EXPECT_EQ(parsed(file, {"model.preset=mlp"}).model.preset, "mlp");
  EXPECT_TRUE(parsed(file, {"model.preset=mlp"}).model.layers.empty());
  EXPECT_EQ(refusal("[model]\npreset = \"mlp\"\nlayers = [{ flatten = {} }]\n"),
            "experiment.toml:3: model.preset and model.layers exclude each other: leave one out");
}

TEST(SetSearched, RoundsWholeNumbersAndKeepsTheFormOfASchedule) {
  Experiment experiment =
      parsed("", {"optimizer.learning_rate={ kind = \"cosine\", from = 1, to = 0.5 }"});
  set_searched(experiment, "optimizer.learning_rate", {}, 0.25);
  EXPECT_EQ(experiment.optimizer.learning_rate.value, 0.25);
  EXPECT_EQ(experiment.optimizer.learning_rate.kind, "cosine");
  EXPECT_EQ(experiment.optimizer.learning_rate.to, 0.5);
  set_searched(experiment, "train.batch", {}, 31.7);
  EXPECT_EQ(experiment.train.batch, 32);
  set_searched(experiment, "regularize.l2", {}, 0);
  EXPECT_EQ(experiment.regularize.l2, Schedule(0));
}

TEST(SetSearched, KeepsToTheLimits) {
  Experiment experiment;
  EXPECT_THROW(set_searched(experiment, "train.batch", {}, 0.2), UsageError);
  EXPECT_THROW(set_searched(experiment, "regularize.l2", {}, -1), UsageError);
  EXPECT_THROW(set_searched(experiment, "model.preset", {}, 1), UsageError);
  EXPECT_THROW(set_searched(experiment, "regularize.l3", {}, 1), UsageError);
}

TEST(SetSearched, TakesNamesAndPartsOfTheNetwork) {
  Experiment experiment;
  const Range kinds{.values = {0, 1}, .names = {"sgd", "adam"}};
  set_searched(experiment, "optimizer.kind", kinds, 0);
  EXPECT_EQ(experiment.optimizer.kind, "sgd");
  EXPECT_EQ(experiment.optimizer.options, sgd().optimizer->attributes());
  experiment = parsed("[optimizer]\nkind = \"sgd\"\nmomentum = 0.9\n");
  set_searched(experiment, "optimizer.kind", kinds, 0);
  EXPECT_EQ(experiment.optimizer.options.real("momentum"), 0.9);
  const Range augments{.values = {0, 1}, .names = {"[]", "[\"flip\", \"crop:4\"]"}};
  set_searched(experiment, "data.augment", augments, 1);
  EXPECT_EQ(experiment.data.augment, (std::vector<std::string>{"flip", "crop:4"}));
  set_searched(experiment, "regularize.l2@dense*", {}, 0.5);
  ASSERT_EQ(experiment.regularize.rules.size(), 1);
  EXPECT_EQ(experiment.regularize.rules[0].match, "dense*");
  EXPECT_EQ(experiment.regularize.rules[0].l2, Schedule(0.5));
  EXPECT_THROW(set_searched(experiment, "regularize.l2@dense*", {}, -1), UsageError);
}

}  // namespace
}  // namespace ridgeline::experiment
