// A given setting must have an effect. Otherwise the error names it.
#include <gmock/gmock.h>

#include "experiment/keys.hpp"
#include "experiment/support.hpp"

namespace ridgeline::experiment {
namespace {

using testing::HasSubstr;

std::string refusal_on(Command command, std::string_view text,
                       std::vector<std::string> words = {}) {
  try {
    parse(text, "experiment.toml", words, command);
  } catch (const UsageError& error) {
    return error.what();
  }
  return {};
}

TEST(Effect, SettingsThatNothingReadsAreRefusedWhereTheyAre) {
  struct Case {
    const char* file;
    const char* sentence;
  };
  for (const auto& [file, sentence] : std::vector<Case>{
           {"[train]\naverage_decay = 0.999\n",
            "experiment.toml:2: train.average_decay has no effect without train.average = \"ema\": "
            "set that, or leave this out"},
           {"[train]\naverage = \"swa\"\naverage_decay = 0.9\n",
            "experiment.toml:3: train.average_decay has no effect"},
           {"[train]\naverage = \"ema\"\naverage_from = 2\n",
            "experiment.toml:3: train.average_from has no effect without train.average = \"swa\""},
           {"[optimizer]\nlookahead_alpha = 0.5\n",
            "experiment.toml:2: optimizer.lookahead_alpha has no effect without "
            "optimizer.lookahead above 0"},
           {"[optimizer]\nmomentum = 0\n",
            "experiment.toml:2: optimizer.momentum has no effect on adam"},
           {"[optimizer]\nkind = \"sgd\"\nbeta1 = 0.9\n",
            "experiment.toml:3: optimizer.beta1 has no effect on sgd"},
           {"[loss]\nkind = \"mse\"\nlabel_smoothing = 0\n",
            "experiment.toml:3: loss.label_smoothing has no effect on mse"},
           {"[loss]\nkind = \"mse\"\nclass_weights = []\n",
            "experiment.toml:3: loss.class_weights has no effect on mse"},
           {"[regularize]\ncpr_warmup = 10\n",
            "experiment.toml:2: regularize.cpr_warmup has no effect without regularize.cpr above "
            "0"},
           {"[data]\nvalidation = \"test\"\ntest = \"test\"\n",
            "experiment.toml:3: data.test has no effect with data.validation = \"test\""},
           {"[data]\nresize = \"squash\"\n",
            "experiment.toml:2: data.resize has no effect without data.size: set that, or leave"},
           {"[data]\nfilter = \"nearest\"\n",
            "experiment.toml:2: data.filter has no effect without data.size, or data.augment"},
           {"[data]\ncrop_share = 0.875\n",
            "experiment.toml:2: data.crop_share has no effect without data.size and data.resize = "
            "\"crop\""},
           {"[data]\nsize = 64\nresize = \"letterbox\"\ncrop_share = 0.875\n",
            "experiment.toml:4: data.crop_share has no effect without data.size and data.resize = "
            "\"crop\""},
           {"[data]\nsource = \"cifar10\"\non_error = \"fail\"\n",
            "experiment.toml:3: data.on_error has no effect on cifar10, whose images are all "
            "read before training"},
           {"[model]\nfrozen = [\"conv*\"]\n[train]\nepochs = 3\nunfreeze_at = 4\n",
            "experiment.toml:5: train.unfreeze_at has no effect after the last epoch (train.epochs "
            "= 3)"},
           {"[train]\nautotune = true\nkernels = [\"conv2d_1=direct\"]\n",
            "experiment.toml:2: train.autotune has no effect with train.kernels"},
           {"[select]\nover = { \"train.batch\" = [16, 32] }\ntrials = 5\n",
            "experiment.toml:3: select.trials has no effect without a range in select.over"},
           {"[select]\nover = { \"regularize.l2\" = [0.1] }\nmethod = \"path\"\ntrials = 5\n",
            "experiment.toml:4: select.trials has no effect without a range in select.over"},
           {"[select]\nmethod = \"hyperband\"\ntrials = 5\n",
            "experiment.toml:3: select.trials has no effect with select.method = \"hyperband\", "
            "whose candidates follow from train.epochs: leave one of the two out"},
           {"[select]\nmethod = \"bayes\"\nfactor = 2\n",
            "experiment.toml:3: select.factor has no effect without a select.method that uses it "
            "(halving, hyperband, asha)"},
           {"[select]\nsampler = \"sobol\"\n",
            "experiment.toml:2: select.sampler has no effect without a select.method that uses it "
            "(halving, hyperband, asha, or race for a list or several keys)"},
       }) {
    EXPECT_THAT(refusal(file), testing::StartsWith(sentence)) << file;
  }
  EXPECT_EQ(refusal("", {"train.average_decay=0.9"}),
            "train.average_decay has no effect without train.average = \"ema\": set that, or leave "
            "this out");
}

TEST(Effect, WhatIsReadIsTaken) {
  for (const char* file : {
           "[train]\naverage = \"ema\"\naverage_decay = 0.99\n",
           "[train]\naverage = \"swa\"\naverage_from = 0.5\n",
           "[train]\npatience = 0\nlog_every = 0\nautotune = false\nkernels = []\n",
           "[optimizer]\nlookahead = 5\nlookahead_alpha = 0.3\n",
           "[regularize]\ncpr = 1\ncpr_warmup = 10\n",
           "[regularize]\ncpr_warmup = 10\nrule = [{ match = \"dense*\", cpr = 1 }]\n",
           "[model]\nlayers = [{ flatten = {} }, { dense = { units = 3 }, regularize = { cpr = 1 } "
           "}]\n[regularize]\ncpr_warmup = 10\n",
           "[data]\nsize = 64\nresize = \"crop\"\ncrop_share = 0.875\nfilter = \"bicubic\"\n",
           "[data]\naugment = [\"resized_crop\"]\nfilter = \"bicubic\"\n",
           "[data]\nsource = \"folder\"\non_error = \"fail\"\n",
           "[model]\nfrozen = [\"conv*\"]\n[train]\nepochs = 3\nunfreeze_at = 3\n",
           "[model]\nfrozen = [\"conv*\"]\n[train]\nunfreeze_at = 20\n"
           "[select]\nover = { \"train.epochs\" = [10, 30] }\n",
           "[select]\nmethod = \"random\"\nover = { \"train.batch\" = [16, 32] }\ntrials = 2\n",
           "[select]\nover = { \"optimizer.lookahead\" = [0, 5] }\n"
           "[optimizer]\nlookahead_alpha = 0.3\n",
       }) {
    EXPECT_EQ(refusal(file), "") << file;
  }
}

TEST(Effect, AnOverrideMayLeaveIdleWhatTheFileSetsOrGiveItItsEffect) {
  const char* file = "[train]\naverage = \"ema\"\naverage_decay = 0.9\n";
  EXPECT_EQ(refusal(file, {"train.average=none"}), "");
  EXPECT_THAT(refusal(file, {"train.average=none", "train.average_decay=0.8"}),
              testing::StartsWith("train.average_decay has no effect"));
  EXPECT_EQ(refusal("[train]\naverage_decay = 0.9\n", {"train.average=ema"}), "");
}

TEST(Effect, OfAListTheNumberOfCandidatesMattersIfTheyAreDrawn) {
  const std::string lists = "select.over={ \"train.batch\" = [16, 32], \"train.epochs\" = [1, 2] }";
  EXPECT_EQ(refusal_on(Command::select, "", {lists, "select.trials=3"}), "") << "Sobol's points";
  EXPECT_THAT(refusal_on(Command::select, "", {lists, "select.trials=3", "select.sampler=grid"}),
              HasSubstr("select.trials has no effect without a range"));
}

TEST(Effect, CommandsRefuseWordsThatTheyDoNotRead) {
  const auto train = [](const char* word) { return refusal_on(Command::train, "", {word}); };
  const auto select = [](const char* word) { return refusal_on(Command::select, "", {word}); };
  for (const Key& key : keys()) {
    if (key.section() != "select") continue;
    const std::string word = key.name + "=" + to_toml(key.write(Experiment{}));
    EXPECT_THAT(train(word.c_str()),
                HasSubstr(key.name + " has no effect on ridgeline train: it is for ridgeline "
                                     "select"));
    const bool of_other_methods = key.name == "select.sampler" || key.name == "select.factor";
    EXPECT_THAT(select(word.c_str()), of_other_methods
                                          ? HasSubstr(" has no effect without ")
                                          : testing::Matcher<std::string>(testing::IsEmpty()));
  }
  EXPECT_EQ(select("train.run=here"),
            "train.run has no effect on ridgeline select: its runs go into select.study");
  EXPECT_EQ(train("train.run=here"), "");
  EXPECT_EQ(select("data.validation=0.2"),
            "data.validation has no effect on ridgeline select: the folds take its place; "
            "select.folds = 1 holds it out");
  EXPECT_EQ(refusal_on(Command::select, "", {"data.validation=0.2", "select.folds=1"}), "");
  EXPECT_EQ(refusal_on(Command::train, "[data]\nvalidation = 0\n[train]\nmonitor = \"val_top5\"\n"),
            "experiment.toml:4: train.monitor has no effect without validation images "
            "(data.validation): set that, or leave this out");
  EXPECT_EQ(refusal_on(Command::train, "", {"regularize.l2=0", "regularize.exclude=[]"}),
            "regularize.exclude has no effect on ridgeline train: every strength of [regularize] "
            "is 0");
  // A file may be for both commands.
  const char* both = "[data]\nvalidation = 0.2\n[train]\nrun = \"here\"\n[select]\nfolds = 3\n";
  EXPECT_EQ(refusal_on(Command::train, both), "");
  EXPECT_EQ(refusal_on(Command::select, both), "");
}

TEST(Effect, EachDivisionIntoFoldsHasItsKeys) {
  const auto select = [](std::vector<std::string> words) {
    return refusal_on(Command::select, "", std::move(words));
  };
  const std::string file = "select.fold_file=folds.csv", groups = "select.split=leave-groups-out";
  EXPECT_EQ(select({file, "select.folds=3"}),
            "select.folds has no effect with select.fold_file, which names the folds: leave one of "
            "the two out");
  for (const char* word : {"select.repeats=3", "select.split=leave-groups-out"}) {
    EXPECT_THAT(select({file, word}), HasSubstr(" has no effect with select.fold_file")) << word;
  }
  for (const char* word : {"select.folds=3", "select.repeats=3"}) {
    EXPECT_THAT(select({groups, word}),
                HasSubstr(" has no effect with select.split = \"leave-groups-out\", where the "
                          "groups make the folds"))
        << word;
  }
  EXPECT_THAT(select({"select.leave_groups=2"}),
              HasSubstr("has no effect without select.split = \"leave-groups-out\""));
  EXPECT_THAT(select({groups, "data.validation=0.2"}), HasSubstr("the folds take its place"));
  EXPECT_THAT(select({"select.split=stratfied"}), HasSubstr("stratified"));
  EXPECT_THAT(select({"select.repeats=0"}), HasSubstr("select.repeats must be"));
  EXPECT_THAT(select({"select.outer_folds=-1"}), HasSubstr("select.outer_folds must be"));
  EXPECT_THAT(select({"select.folds=1e3"}), HasSubstr("select.folds"));
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{groups, "select.leave_groups=2", "select.outer_folds=5"},
        {file, "select.outer_folds=5"},
        {"select.folds=1", "select.repeats=10", "data.validation=0.2"}}) {
    EXPECT_EQ(select(words), "");
  }
}

TEST(Effect, ARecordHoldsKeysWithoutEffect) {
  for (const auto& words :
       std::vector<std::vector<std::string>>{{},
                                             {"optimizer.kind=sgd", "loss.kind=mse"},
                                             {"train.average=ema", "data.validation=0"},
                                             {"train.autotune=true"},
                                             {"select.over={\"train.batch\"=[16, 32]}"}}) {
    Experiment experiment = parsed("", words);
    if (experiment.train.autotune)
      experiment.train.compute.kernels = {"conv2d_1=direct"};  // as a run resolves it
    const std::string record = to_toml(experiment);
    for (const Command command : {Command::any, Command::train, Command::select}) {
      EXPECT_EQ(refusal_on(command, record), "") << record;
      EXPECT_EQ(parse(record, "experiment.toml", {}, command), experiment);
    }
  }
  const std::string record = to_toml(parsed(""));
  EXPECT_THAT(refusal(record, {"train.average_decay=0.9"}), HasSubstr("has no effect"));
  EXPECT_EQ(refusal(record, {"train.average=ema", "train.average_decay=0.9"}), "");
}

TEST(Effect, ASearchedKeyMustHaveOne) {
  const auto over = [](const char* file, const std::string& space) {
    return refusal(file, {"select.over={ " + space + " }"});
  };
  EXPECT_EQ(over("", "\"optimizer.momentum\" = [0.5, 0.9]"),
            "select.over names optimizer.momentum, which has no effect on adam");
  EXPECT_EQ(over("[optimizer]\nkind = \"sgd\"\n", "\"optimizer.momentum\" = [0.5, 0.9]"), "");
  EXPECT_THAT(over("", "\"train.average_decay\" = [0.5, 0.9]"),
              HasSubstr("select.over names train.average_decay, which has no effect"));
  EXPECT_THAT(over("", "\"optimizer.lookahead_alpha\" = [0.5, 0.9]"), HasSubstr("no effect"));
  EXPECT_EQ(over("", "\"optimizer.lookahead_alpha\" = [0.5], \"optimizer.lookahead\" = [0, 5]"),
            "");
  EXPECT_EQ(over("", "\"loss.label_smoothing\" = [0, 0.1]"), "");
  for (const char* same : {"train.log_every", "train.seed", "data.limit", "select.trials"}) {
    EXPECT_THAT(over("", "\"" + std::string(same) + "\" = [1, 2]"),
                HasSubstr(std::string(same) + " is the same for all trials"));
  }
  for (const char* no_number : {"train.run", "data.path", "model.preset", "select.study"}) {
    EXPECT_THAT(over("", "\"" + std::string(no_number) + "\" = [1, 2]"),
                HasSubstr(std::string(no_number) + " is not a number"));
  }
}

TEST(Effect, WholeNumbersAreSearchedAsSuch) {
  for (const char* range : {"[1.5, 2.5]", "[2, 2.5]", "{ min = 1.5, max = 4 }",
                            "{ min = 1, max = 4.5, scale = \"linear\" }"}) {
    EXPECT_THAT(refusal("[select]\nover = { \"train.epochs\" = " + std::string(range) + " }\n"),
                testing::StartsWith("experiment.toml:2: select.over: train.epochs must be a whole "
                                    "number, not "))
        << range;
  }
  for (const char* range : {"[1, 2]", "[1.0, 2.0]", "{ min = 1, max = 4 }"}) {
    EXPECT_EQ(refusal("[select]\nover = { \"train.epochs\" = " + std::string(range) + " }\n"), "");
  }
}

TEST(Effect, AMetricThatDoesNotCompareTheCandidatesIsRefused) {
  EXPECT_EQ(refusal("[select]\nmetric = \"val_penalty\"\n"),
            "experiment.toml:2: select.metric = val_penalty measures how large the weights are, "
            "not how good the predictions: use val_data_loss or val_accuracy");
  EXPECT_THAT(refusal("[select]\nmetric = \"val_objective\"\n"),
              testing::StartsWith("experiment.toml:2: select.metric = val_objective counts the "
                                  "penalty, which regularize.l2 changes by itself"));
  EXPECT_EQ(
      refusal("[select]\nmetric = \"val_objective\"\nover = { \"train.batch\" = [16, 32] }\n"), "");
  EXPECT_EQ(refusal_on(Command::train, to_toml([] {
                         Experiment old;  // as in a study of an earlier version
                         old.select.metric = "val_penalty";
                         return old;
                       }())),
            "");
}

TEST(Effect, ASchedulesKindDecidesWhatItHas) {
  const auto l2 = [](const std::string& schedule) {
    return refusal("[regularize]\nl2 = " + schedule + "\n");
  };
  EXPECT_EQ(l2("{ from = 1e-3, to = 1e-5 }"),
            "experiment.toml:2: regularize.l2.to has no effect without a kind that has it: give "
            "kind, one of cosine, linear, one-cycle");
  EXPECT_EQ(l2("{ kind = \"cosine\", from = 1e-3, every = 100 }"),
            "experiment.toml:2: regularize.l2.every has no effect: a cosine schedule has no "
            "'every', which is for step");
  EXPECT_THAT(l2("{ kind = \"constant\", from = 1, to = 0 }"), HasSubstr("l2.to has no effect"));
  EXPECT_THAT(l2("{ kind = \"step\", from = 1, to = 0 }"), HasSubstr("l2.to has no effect"));
  EXPECT_THAT(l2("{ kind = \"proportional\", from = 1, factor = 0.1 }"), HasSubstr("l2.factor"));
  EXPECT_THAT(l2("{ from = 1, every = 1 }"), HasSubstr("l2.every has no effect")) << "the default";
  EXPECT_THAT(refusal("", {"regularize.rule=[{ match = \"*\", l1 = { from = 1, to = 0 } }]"}),
              testing::StartsWith("regularize.rule[0].l1.to has no effect"));
  EXPECT_EQ(l2("{ from = 1e-3 }"), "");
  EXPECT_EQ(l2("{ from = 1e-3, warmup = 2 }"), "");
  EXPECT_EQ(l2("{ kind = \"step\", from = 1e-3, factor = 0.5, every = 2, warmup = 1 }"), "");
}

TEST(Effect, TheRecordOfAnEarlierVersionIsReadAsItIs) {
  std::string record = to_toml(parsed("", {"train.run=old"}));
  const auto replace = [&](const std::string& line, const std::string& with) {
    const auto at = record.find("\n" + line);
    ASSERT_NE(at, std::string::npos) << line;
    record.replace(at + 1, record.find('\n', at + 1) - at - 1, with);
  };
  replace("l2 = ", "l2 = { from = 1e-3, to = 1e-5 }");
  replace("rule = ", "rule = [{ match = \"dense*\" }]");
  replace("run = ", "run = \"runs/{foo}\"");
  replace("over = ", "over = { \"train.epochs\" = [1.5, 2.5] }");
  EXPECT_EQ(refusal_on(Command::train, record), "");
  EXPECT_THAT(refusal_on(Command::train, record, {"train.run={bar}"}), HasSubstr("not {bar}"));
  EXPECT_THAT(refusal_on(Command::train, record, {"regularize.l2={ from = 1, to = 0 }"}),
              HasSubstr("regularize.l2.to has no effect"));
}

TEST(Effect, ANumberOfWhatIsSearchedIsRefusedAsAWord) {
  const char* file = "[regularize]\nl2 = 0.5\n";
  EXPECT_EQ(refusal_on(Command::select, file), "");
  EXPECT_EQ(refusal_on(Command::select, "", {"regularize.l2=0.5"}),
            "regularize.l2 has no effect, because select.over searches it: leave it out, or set "
            "select.over");
  EXPECT_EQ(refusal_on(Command::train, "", {"regularize.l2=0.5"}), "");
  EXPECT_EQ(
      refusal_on(Command::select, "", {"regularize.l2={ kind = \"cosine\", from = 1, to = 0 }"}),
      "")
      << "its form is kept";
}

TEST(Effect, OneNetworkOfTwo) {
  const std::string layers = "model.layers=[{ flatten = {} }, { dense = { units = 3 } }]";
  for (const auto& words : {std::vector<std::string>{"model.preset=mlp", layers},
                            std::vector<std::string>{layers, "model.preset=mlp"}}) {
    EXPECT_EQ(refusal("", words),
              "model.preset and model.layers exclude each other: leave one out");
  }
}

}  // namespace
}  // namespace ridgeline::experiment
