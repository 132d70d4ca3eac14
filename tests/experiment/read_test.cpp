#include "experiment/build.hpp"
#include "experiment/support.hpp"

namespace ridgeline::experiment {
namespace {

TEST(Read, NothingGivesTheDefaults) {
  const Experiment experiment = parsed("");
  EXPECT_EQ(experiment.train, (TrainSection{.run = "runs/fashion-mnist-article-cnn-{time}"}));
  EXPECT_EQ(experiment.data, DataSection{});
  EXPECT_EQ(experiment.regularize.l2, Schedule(1e-4));
}

TEST(Read, EveryKindOfValue) {
  const Experiment experiment = parsed(R"(
[data]
source = "cifar10"
validation = "test"
augment = ["flip", "crop:4", "mixup:0.2"]
[loss]
label_smoothing = 0.1
class_weights = [1, 2.5]
[regularize]
l2 = { kind = "cosine", from = 1e-3, to = 0 }
exclude = ["norm"]
[[regularize.rule]]
match = "dense*"
l2_factor = 10
[optimizer]
kind = "sgd"
momentum = 0.9
nesterov = true
learning_rate = 1
[train]
epochs = 3
[select]
over = { "regularize.l2" = [0, 1e-3], "optimizer.learning_rate" = { min = 1e-4, max = 1, scale = "linear" } }
)");
  EXPECT_EQ(experiment.data.source, "cifar10");
  EXPECT_EQ(std::get<std::string>(experiment.data.validation), "test");
  EXPECT_EQ(experiment.data.augment, (std::vector<std::string>{"flip", "crop:4", "mixup:0.2"}));
  EXPECT_EQ(experiment.loss.options.reals("class_weights"), (std::vector<double>{1, 2.5}));
  EXPECT_EQ(experiment.regularize.l2.kind, "cosine");
  EXPECT_EQ(experiment.regularize.l2.value, 1e-3);
  EXPECT_EQ(experiment.regularize.exclude, std::vector<std::string>{"norm"});
  ASSERT_EQ(experiment.regularize.rules.size(), 1);
  EXPECT_EQ(experiment.regularize.rules[0].match, "dense*");
  EXPECT_EQ(experiment.regularize.rules[0].l2_factor, 10);
  EXPECT_FALSE(experiment.regularize.rules[0].l2.has_value());
  EXPECT_TRUE(experiment.optimizer.options.boolean("nesterov"));
  EXPECT_EQ(experiment.optimizer.learning_rate, Schedule(1));
  EXPECT_EQ(experiment.train.epochs, 3);
  EXPECT_EQ(experiment.select.over.at("regularize.l2").values, (std::vector<double>{0, 1e-3}));
  EXPECT_FALSE(experiment.select.over.at("optimizer.learning_rate").log);
}

TEST(Read, AnUnknownKeyNamesFileLineAndTheNearestKey) {
  EXPECT_EQ(refusal("[train]\nepochs = 3\nbacth = 32\n"),
            "experiment.toml:3: unknown key 'train.bacth': did you mean 'train.batch'?");
  EXPECT_EQ(refusal("[train]\nlearning_rate = 0.1\n"),
            "experiment.toml:2: unknown key 'train.learning_rate': "
            "did you mean 'optimizer.learning_rate'?");
  EXPECT_EQ(refusal("[trian]\nepochs = 3\n"),
            "experiment.toml:2: unknown key 'trian.epochs': did you mean 'train.epochs'?");
  EXPECT_EQ(refusal("[optimiser]\nkind = \"sgd\"\n"),
            "experiment.toml:2: unknown key 'optimiser.kind': did you mean 'optimizer.kind'?");
  EXPECT_EQ(refusal("epochs = 3\n"),
            "experiment.toml:1: unknown key 'epochs': did you mean 'train.epochs'?");
  EXPECT_EQ(
      refusal("[train]\nxyzzyplugh = 3\n"),
      "experiment.toml:2: unknown key 'train.xyzzyplugh': 'ridgeline help keys' lists them all");
  EXPECT_NE(refusal("[nothing]\n").find("unknown key 'nothing'"), std::string::npos);
  EXPECT_EQ(refusal("[regularize]\nl2 = { from = 1, too = 0 }\n"),
            "experiment.toml:2: regularize.l2 has no key 'too': did you mean 'to'?");
  EXPECT_EQ(
      refusal("[[regularize.rule]]\nmatch = \"*\"\nl2_facto = 2\n"),
      "experiment.toml:3: regularize.rule[0] has no key 'l2_facto': did you mean 'l2_factor'?");
}

TEST(Read, AWrongTypeSaysTheTypeExpected) {
  EXPECT_EQ(refusal("[train]\nepochs = \"ten\"\n"),
            "experiment.toml:2: train.epochs must be a whole number, not the string \"ten\"");
  EXPECT_EQ(refusal("[train]\nepochs = 1.5\n"),
            "experiment.toml:2: train.epochs must be a whole number, not 1.5");
  EXPECT_EQ(refusal("[train]\nepochs = [1]\n"),
            "experiment.toml:2: train.epochs must be a whole number, not an array");
  EXPECT_EQ(refusal("[optimizer]\nnesterov = 1\n"),
            "experiment.toml:2: optimizer.nesterov must be true or false, not 1");
  EXPECT_EQ(refusal("[data]\naugment = \"flip\"\n"),
            "experiment.toml:2: data.augment must be an array of strings or tables, not the string "
            "\"flip\"");
  EXPECT_EQ(
      refusal("[data]\naugment = [\n  \"flip\",\n  3\n]\n"),
      "experiment.toml:4: data.augment[1] must be a string such as \"crop:4\", or a table such as "
      "{ crop = { n = 4 } }, not 3");
  EXPECT_EQ(refusal("[data]\nvalidation = true\n"),
            "experiment.toml:2: data.validation must be a number or a string, not true");
  EXPECT_EQ(refusal("[regularize]\nl2 = \"strong\"\n"),
            "experiment.toml:2: regularize.l2 must be a number or a schedule such as "
            "{ kind = \"cosine\", from = 1e-3, to = 0 }, not the string \"strong\"");
  EXPECT_EQ(refusal("train = 3\n"), "experiment.toml:1: train must be a table: [train], not 3");
  EXPECT_EQ(refusal("[data]\npath = 2020-01-01\n"),
            "experiment.toml:2: a date or time is not a value of any key: put it in quotes");
}

TEST(Read, ValuesOutsideTheirLimits) {
  EXPECT_EQ(refusal("[train]\n\nbatch = 0\n"),
            "experiment.toml:3: train.batch must be at least 1, not 0");
  EXPECT_EQ(refusal("[train]\nepochs = 2147483648\n"),
            "experiment.toml:2: train.epochs must be at most 2147483647, not 2147483648");
  EXPECT_EQ(refusal("[regularize]\nl1 = -1e-3\n"),
            "experiment.toml:2: regularize.l1 must be a number that is not negative, not -0.001");
  EXPECT_EQ(refusal("[regularize]\nl1 = nan\n"),
            "experiment.toml:2: regularize.l1 must be a finite number, not nan");
  for (const char* l2 : {"-1e-3", "nan", "inf", "{ kind = \"cosine\", from = -1 }",
                         "{ kind = \"cosine\", from = 1, to = nan }",
                         "{ kind = \"sine\", from = 1 }", "{ kind = \"cosine\" }"}) {
    const std::string sentence = refusal(std::string("[regularize]\nl2 = ") + l2 + "\n");
    EXPECT_TRUE(sentence.starts_with("experiment.toml:2: regularize.l2")) << l2 << ": " << sentence;
  }
  EXPECT_EQ(refusal("[data]\nvalidation = 1.0\n"),
            "experiment.toml:2: data.validation must be at least 0 and below 1, not 1");
  EXPECT_EQ(refusal("[optimizer]\nepsilon = 0\n"),
            "experiment.toml:2: optimizer.epsilon must be above 0, not 0");
  EXPECT_EQ(
      refusal("[[regularize.rule]]\nmatch = \"*\"\nl2 = -1\n"),
      "experiment.toml:3: regularize.rule[0].l2 must be a number that is not negative, not -1");
  EXPECT_EQ(refusal("[[regularize.rule]]\nmatch = \"*\"\nl2_factor = -1\n"),
            "experiment.toml:3: regularize.rule[0].l2_factor must be at least 0, not -1");
  EXPECT_EQ(refusal("[[regularize.rule]]\nmatch = \"*\"\nl1 = { kind = \"cosin\", from = 1 }\n"),
            "experiment.toml:3: regularize.rule[0].l1 has no schedule 'cosin': did you mean "
            "'cosine'?");
  EXPECT_NE(refusal("[regularize]\nexclude = [\"kernels\"]\n").find("experiment.toml:2: "),
            std::string::npos);
  EXPECT_NE(refusal("[data]\naugment = [\"mixup:0\"]\n").find("experiment.toml:2: data.augment"),
            std::string::npos);
  EXPECT_NE(refusal("[data]\naugment = [\"flop\"]\n").find("experiment.toml:2: data.augment"),
            std::string::npos);
}

TEST(Read, WordsOutsideTheirChoices) {
  EXPECT_EQ(refusal("[model]\npreset = \"lenet\"\n"),
            "experiment.toml:2: model.preset must be \"article-cnn\", \"lenet5\", \"mlp\", "
            "\"mobilenet-v2\", \"resnet18\", \"resnet18-small\", \"resnet20\", \"resnet34\", "
            "\"resnet34-small\", \"resnet50\", \"resnet50-small\", \"vgg-small\", \"vgg11\", "
            "\"vgg11-bn\", \"vgg13\", \"vgg13-bn\", \"vgg16\", \"vgg16-bn\", \"vgg19\" or "
            "\"vgg19-bn\" (perhaps "
            "\"lenet5\"), not the string \"lenet\"");
  // Other tests may have registered sources of their own. The message names these, too.
  const std::string source = refusal("[data]\nsource = \"cifar1O\"\n");
  EXPECT_TRUE(source.starts_with("experiment.toml:2: data.source must be \"folder\", ")) << source;
  EXPECT_TRUE(source.ends_with(" (perhaps \"cifar10\"), not the string \"cifar1O\"")) << source;
  EXPECT_NE(refusal("[loss]\nkind = \"crossentropy\"\n").find("cross-entropy"), std::string::npos);
  EXPECT_NE(refusal("[optimizer]\nkind = \"adamm\"\n").find("adam"), std::string::npos);
  EXPECT_EQ(refusal("[train]\nmonitor = \"loss\"\n"),
            "experiment.toml:2: train.monitor must be a metric such as \"val_data_loss\", not the "
            "string \"loss\"");
  EXPECT_EQ(refusal("[train]\nmonitor = \"val_accurcy\"\n"),
            "experiment.toml:2: train.monitor: there is no metric 'accurcy': did you mean "
            "'val_accuracy'?");
  EXPECT_EQ(refusal("[train]\nmonitor = \"val_f1_macro\"\n"), "");
  EXPECT_EQ(refusal("[train]\nmetrics = [\"top_k:3\", \"f1\"]\nmonitor = \"val_top3\"\n"), "");
  EXPECT_EQ(refusal("[train]\nmetrics = [\"f1\"]\nmonitor = \"val_f1\"\n"),
            "experiment.toml:3: train.monitor: there is no metric 'f1': did you mean "
            "'val_f1_macro'?");
  EXPECT_EQ(refusal("[select]\nmetric = \"val_top_k\"\n"),
            "experiment.toml:2: select.metric: there is no metric 'top_k': did you mean "
            "'val_top5'?");
  EXPECT_EQ(refusal("[train]\nmetrics = [\"f1\",\n\"top_k:0\"]\n"),
            "experiment.toml:3: train.metrics: top_k: k must be at least 1, not 0");
  EXPECT_EQ(refusal("[train]\nmetrics = [\"f2\"]\n"),
            "experiment.toml:2: train.metrics: there is no metric 'f2': did you mean 'f1'?");
  EXPECT_NE(refusal("[train]\nmetrics = \"f1\"\n"), "");
  EXPECT_NE(refusal("[train]\nmetrics = [1]\n"), "");
  EXPECT_EQ(parsed("[train]\nmetrics = [{ top_k = { k = 3 } }, { f1 = {} }, "
                   "{ recall = { average = \"micro\", threshold = 0.3 } }]\n")
                .train.metrics,
            (std::vector<std::string>{"top_k:3", "f1", "recall:average=micro,threshold=0.3"}));
  EXPECT_EQ(refusal("[train]\nmetrics = [{ top_k = { k = 0 } }]\n"),
            "experiment.toml:2: train.metrics: top_k: k must be at least 1, not 0");
  EXPECT_EQ(refusal("[train]\nmetrics = [{ top_k = { n = 3 } }]\n"),
            "experiment.toml:2: train.metrics: top_k has no key 'n': known are k");
  EXPECT_EQ(refusal("[train]\nmetrics = [{ top_k = { k = 3 }, f1 = {} }]\n"),
            "experiment.toml:2: train.metrics[0] must be a string such as \"top_k:3\", or a table "
            "such as { top_k = { k = 3 } }, not a table");
  EXPECT_EQ(refusal("[select]\nmetric = \"train_data_loss\"\n"),
            "experiment.toml:2: select.metric must be a metric such as \"val_data_loss\", not the "
            "string \"train_data_loss\"");
}

TEST(Read, WhatIsNotSupportedYetSaysSo) {
  EXPECT_EQ(refusal("[select]\nmethod = \"bayes\"\n"),
            "experiment.toml:2: select.method = \"bayes\" is not supported yet: use \"grid\", "
            "\"random\", \"race\", \"path\", \"hypergradient\" or \"evidence\"");
  for (const char* source : {"voc", "coco", "masks"}) {
    const std::string text = std::string("[data]\nsource = \"") + source + "\"\n";
    EXPECT_NE(refusal(text).find("not supported yet"), std::string::npos);
  }
  EXPECT_NE(refusal("[loss]\nkind = \"dice\"\n").find("not supported yet"), std::string::npos);
}

TEST(Read, OptionsOfAnotherKindAreRefused) {
  EXPECT_EQ(refusal("[optimizer]\nkind = \"adam\"\nmomentum = 0.9\n"),
            "experiment.toml:3: optimizer.momentum has no effect on adam");
  EXPECT_EQ(refusal("[optimizer]\nkind = \"sgd\"\nbeta1 = 0.8\n"),
            "experiment.toml:3: optimizer.beta1 has no effect on sgd");
  EXPECT_NE(refusal("[loss]\nkind = \"mse\"\nlabel_smoothing = 0.1\n"), "");
  const std::string file = "[optimizer]\nkind = \"sgd\"\nmomentum = 0.9\n";
  EXPECT_EQ(refusal(file, {"optimizer.kind=adam"}),
            "experiment.toml:3: optimizer.momentum has no effect on adam");
  EXPECT_EQ(refusal(file, {"optimizer.beta1=0.8"}), "optimizer.beta1 has no effect on sgd")
      << "it stands on no line";
}

TEST(Read, TheLearningRateFollowsTheOptimizerUnlessGiven) {
  EXPECT_EQ(parsed("").optimizer.learning_rate, Schedule(1e-3));
  EXPECT_EQ(parsed("", {"optimizer.kind=sgd"}).optimizer.learning_rate, Schedule(0.01));
  EXPECT_EQ(parsed("[optimizer]\nkind = \"gd\"\nlearning_rate = 1e-3").optimizer.learning_rate,
            Schedule(1e-3));
}

TEST(Read, EveryOptionFollowsTheOptimizerUnlessGiven) {
  const OptimizerSection muon = parsed("", {"optimizer.kind=muon"}).optimizer;
  EXPECT_EQ(muon.options.real("momentum"), 0.95);
  EXPECT_TRUE(muon.options.boolean("nesterov"));
  const OptimizerSection lars =
      parsed("", {"optimizer.kind=lars", "optimizer.trust=0.1"}).optimizer;
  EXPECT_EQ(lars.learning_rate, Schedule(1.0));
  EXPECT_EQ(lars.options.real("momentum"), 0.9);
  EXPECT_EQ(lars.options.real("trust"), 0.1);
  EXPECT_EQ(parsed("", {"optimizer.kind=lion"}).optimizer.options.real("beta2"), 0.99);
  EXPECT_EQ(
      parsed("", {"optimizer.kind=lion", "optimizer.beta2=0.9"}).optimizer.options.real("beta2"),
      0.9);
  EXPECT_FALSE(parsed("", {"optimizer.kind=muon", "optimizer.nesterov=false"})
                   .optimizer.options.boolean("nesterov"));
}

TEST(Read, TheOptionsAloneAtTheDefaultsOfTheirKinds) {
  const auto nothing_given = [](std::string_view) { return false; };
  for (const Kind& kind : optimizer_kinds()) {
    SCOPED_TRACE(kind.name);
    Experiment experiment;
    experiment.optimizer.kind = kind.name;
    take_defaults(experiment, nothing_given);
    EXPECT_EQ(experiment.optimizer.options, default_optimizer(kind.name).optimizer->attributes());
    EXPECT_EQ(build_optimizer(experiment).optimizer->attributes(), experiment.optimizer.options);
  }
  Experiment adam;
  take_defaults(adam, nothing_given);
  EXPECT_EQ(adam, Experiment{});
}

TEST(Read, WhatTheOptimizerIsGivenIsWhatItGets) {
  const OptimizerSetting setting = build_optimizer(parsed(R"(
[optimizer]
kind = "rmsprop"
rho = 0.8
momentum = 0.5
centered = true
epsilon = 1e-3
clip_norm = 2
lookahead = 4
lookahead_alpha = 0.25
)"));
  EXPECT_EQ(setting.optimizer->attributes(),
            (Attributes{{"rho", 0.8}, {"momentum", 0.5}, {"epsilon", 1e-3}, {"centered", true}}));
  EXPECT_EQ(setting.learning_rate, Schedule(1e-3));
  EXPECT_EQ(setting.clip_norm, 2);
  EXPECT_EQ(setting.lookahead, (Lookahead{.interval = 4, .alpha = 0.25}));
  EXPECT_TRUE(build_optimizer(parsed("", {"optimizer.kind=lbfgs"})).full_batch);
}

TEST(Read, OptionsOfOptimizersOutsideTheirLimits) {
  const auto of = [](const std::string& kind, const std::string& line) {
    return refusal("[optimizer]\nkind = \"" + kind + "\"\n" + line + "\n");
  };
  EXPECT_EQ(of("rmsprop", "rho = 1"),
            "experiment.toml:3: optimizer.rho must be at least 0 and below 1, not 1");
  EXPECT_EQ(of("lars", "trust = 0"), "experiment.toml:3: optimizer.trust must be above 0, not 0");
  EXPECT_EQ(of("lbfgs", "history = 0"),
            "experiment.toml:3: optimizer.history must be at least 1, not 0");
  EXPECT_EQ(of("lbfgs", "history = 101"),
            "experiment.toml:3: optimizer.history must be in [1, 100], not 101");
  EXPECT_EQ(of("lbfgs", "history = 2.5"),
            "experiment.toml:3: optimizer.history must be a whole number, not 2.5");
  EXPECT_EQ(of("muon", "newton_schulz = 0"),
            "experiment.toml:3: optimizer.newton_schulz must be at least 1, not 0");
  EXPECT_EQ(of("adam", "lookahead = -1"),
            "experiment.toml:3: optimizer.lookahead must be at least 0, not -1");
  EXPECT_EQ(of("adam", "lookahead_alpha = 1.5"),
            "experiment.toml:3: optimizer.lookahead_alpha must be above 0 and at most 1, not 1.5");
  EXPECT_EQ(of("adam", "rho = 0.5"), "experiment.toml:3: optimizer.rho has no effect on adam");
  EXPECT_EQ(of("lion", "epsilon = 1"),
            "experiment.toml:3: optimizer.epsilon has no effect on lion");
  EXPECT_EQ(of("adam", "rhoo = 0.5"),
            "experiment.toml:3: unknown key 'optimizer.rhoo': did you mean 'optimizer.rho'?");
  EXPECT_EQ(of("lios", ""),
            "experiment.toml:2: there is no optimizer 'lios': did you mean 'lion'?");
}

TEST(Read, SearchRanges) {
  const auto over = [](const std::string& range) {
    return refusal("[select]\nover = { " + range + " }\n");
  };
  EXPECT_EQ(over("\"train.batch\" = [16, 32]"), "");
  EXPECT_EQ(over("\"regularize.l2\" = { min = 0, max = 1 }"),
            "experiment.toml:2: select.over.\"regularize.l2\".min must be above 0 on a log scale, "
            "not 0");
  EXPECT_EQ(over("\"regularize.l2\" = { min = 1, max = 1 }"),
            "experiment.toml:2: select.over.\"regularize.l2\".max must be above min (1), not 1");
  EXPECT_EQ(over("\"regularize.l2\" = { min = 1 }"),
            "experiment.toml:2: select.over.\"regularize.l2\" needs both 'min' and 'max'");
  EXPECT_EQ(over("\"regularize.l2\" = { min = 1, max = 2, scale = \"ln\" }"),
            "experiment.toml:2: select.over.\"regularize.l2\".scale must be \"log\" or \"linear\", "
            "not the string \"ln\"");
  EXPECT_EQ(over("\"regularize.l\" = [1]"),
            "experiment.toml:2: select.over: unknown key 'regularize.l': did you mean "
            "'regularize.l2'?");
  EXPECT_EQ(over("\"model.preset\" = [1]"),
            "experiment.toml:2: select.over: model.preset is not a number, and only numbers "
            "can be chosen");
  EXPECT_NE(over(""), "");
}

TEST(Read, WhatIsNotTomlNamesTheLine) {
  EXPECT_TRUE(refusal("[train]\nepochs = \n").starts_with("experiment.toml:2: this is not TOML: "));
  EXPECT_TRUE(refusal("[train]\nepochs = 1\nepochs = 2\n")
                  .starts_with("experiment.toml:3: this is not TOML: "));
  EXPECT_NE(refusal(std::string("[train]\n\0\xff", 10)), "");
}

TEST(Read, AFileThatIsNotThere) {
  try {
    read("/nonexistent/experiment.toml");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(),
                 "the experiment file /nonexistent/experiment.toml cannot be read: No such file or "
                 "directory");
  }
  EXPECT_THROW(read("/"), UsageError);
}

TEST(Read, TheNameOfARunComesFromTheFile) {
  EXPECT_EQ(parse("", "some/small.toml").train.run, "runs/small-{time}");
  EXPECT_EQ(
      parse("", "runs/x/experiment.toml", std::vector<std::string>{"model.preset=mlp"}).train.run,
      "runs/fashion-mnist-mlp-{time}");
  EXPECT_EQ(parsed("[train]\nrun = \"here\"").train.run, "here");
}

}  // namespace
}  // namespace ridgeline::experiment
