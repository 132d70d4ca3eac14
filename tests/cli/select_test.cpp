// Chooses λ on the command line, with a data set that is learnt quickly.
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

#include "cli/program.hpp"

namespace ridgeline::cli {
namespace {

using nlohmann::json;
using test::Folder;
using test::Outcome;
using test::run;
using testing::HasSubstr;
using testing::Not;

class Selecting : public testing::Test {
 protected:
  Selecting() {
    test::write_images(folder_, "images", 120, 30);
    folder_.write(
        "small.toml",
        std::string("[data]\nsource = \"idx\"\npath = \"images\"\n"
                    "[model]\npreset = \"mlp\"\n"
                    "[train]\nepochs = 2\nbatch = 16\n"
                    "[select]\nmethod = \"grid\"\nfolds = 2\ntrials = 3\nstudy = \"study\"\n"));
  }

  Outcome select(std::vector<std::string> more, const std::function<void(pid_t)>& meanwhile = {}) {
    more.insert(more.begin(), {"select", "small.toml"});
    return run(folder_, more, meanwhile);
  }

  const Folder folder_;
};

TEST_F(Selecting, GivesOneJsonDocument) {
  const Outcome outcome = select({"--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json result = outcome.json();
  EXPECT_EQ(result["study"], "study");
  EXPECT_EQ(result["metric"], "val_data_loss");
  EXPECT_EQ(result["rule"], "one-standard-error");
  ASSERT_EQ(result["trials"].size(), 3U);
  EXPECT_EQ(result["trials"][0]["parameters"], json::parse(R"({"regularize.l2": 0.0})"));
  for (const json& trial : result["trials"]) {
    EXPECT_EQ(trial["status"], "done");
    EXPECT_EQ(trial["epochs"], 2);
    EXPECT_NEAR(trial["score"].get<double>(), trial["validation"]["data_loss"].get<double>(), 1e-9);
    EXPECT_GE(trial["standard_error"], 0);
  }
  const double chosen = result["chosen"]["regularize.l2"];
  EXPECT_LE(result["tied"][0], chosen);
  EXPECT_GE(result["tied"][1], chosen);
  EXPECT_EQ(result["test"]["images"], 30);
  EXPECT_EQ(result["cost"]["trainings"], 7);
  EXPECT_GT(result["cost"]["seconds"], 0);
  EXPECT_EQ(result["refit"], "study/refit");
  EXPECT_EQ(run(folder_, {"evaluate", "study/refit", "--json"}).json()["data_loss"],
            result["test"]["data_loss"]);
  for (const char* file : {"experiment.toml", "study.sqlite", "trials/3/fold-2/history.csv",
                           "trials/3/fold-2/experiment.toml", "refit/model.safetensors"}) {
    EXPECT_TRUE(std::filesystem::exists(folder_ / "study" / file)) << file;
  }
}

TEST_F(Selecting, ItsHelpTellsOfTheDefaultMethod) {
  const Outcome help = run(folder_, {"help", "select"});
  EXPECT_THAT(help.out, HasSubstr("chosen between 1e-6 and 1e-1 by a race"));
  EXPECT_THAT(help.out, HasSubstr("The keys of [select]"));
  EXPECT_THAT(help.out, Not(HasSubstr("every candidate on every fold")));
}

TEST_F(Selecting, SaysFirstWhatItWillTake) {
  const Outcome outcome = select({"--json"});
  EXPECT_THAT(outcome.err, HasSubstr("To do: 7 trainings (3 candidates on 2 folds, and the refit), "
                                     "14 epochs, 960 images\n"));
  EXPECT_THAT(outcome.err, HasSubstr(" of disk, "));
  EXPECT_THAT(outcome.err, HasSubstr(" in all, by the first epoch\n"));
  const Outcome again = select({});
  EXPECT_THAT(again.out, Not(HasSubstr("To do"))) << "nothing is left to do";
}

TEST_F(Selecting, WhatCannotFitOnTheDiskIsRefused) {
  const Outcome outcome =
      select({"model.layers=[{ flatten = {} }, { dense = { units = 100000, activation = \"relu\" } "
              "}, { dense = { units = 3, activation = \"softmax\" } }]",
              "select.folds=60", "select.trials=20000"});
  EXPECT_EQ(outcome.code, 5) << outcome.out;
  EXPECT_THAT(outcome.err, HasSubstr("TB, and the disk of study has only "));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "study"));
}

TEST_F(Selecting, FinishedFoldsLeaveNoCheckpoint) {
  ASSERT_EQ(select({}).code, 0);
  for (const char* fold : {"trials/1/fold-1", "trials/3/fold-2"}) {
    EXPECT_TRUE(std::filesystem::exists(folder_ / "study" / fold / "model.safetensors"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "study" / fold / "checkpoint.safetensors"));
  }
  EXPECT_TRUE(std::filesystem::exists(folder_ / "study/refit/checkpoint.safetensors"));
  const Outcome outcome = run(folder_, {"train", "--resume", "study/trials/1/fold-1"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err,
              HasSubstr("is a fold of a study: ridgeline select --resume study continues it"));
}

TEST_F(Selecting, SmoothedLabelsAreScoredByThePlainLoss) {
  // With a learning rate of 0 all candidates are the same network.
  const Outcome outcome = select({"--json", "optimizer.learning_rate=0",
                                  "select.over={ \"loss.label_smoothing\" = [0, 0.2, 0.5] }"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json result = outcome.json();
  ASSERT_EQ(result["trials"].size(), 3U);
  for (const json& trial : result["trials"]) {
    EXPECT_EQ(trial["score"], result["trials"][0]["score"]);
  }
  EXPECT_NE(result["trials"][0]["train"]["data_loss"], result["trials"][2]["train"]["data_loss"]);
}

TEST_F(Selecting, NothingIsChosenWhereNothingIsLearnt) {
  const Outcome outcome = select({"optimizer.learning_rate=0"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("Nothing was chosen: no trial beats the best answer that "
                                     "ignores the image by three standard errors"));
  const json result = run(folder_, {"select", "--resume", "study", "--json"}).json();
  EXPECT_TRUE(result["chosen"].is_null());
  EXPECT_TRUE(result["try_next"].is_null());
}

TEST_F(Selecting, LabelsThatAreNoiseChooseNothingByTheDefaultMethod) {
  constexpr std::uint32_t images = 300;
  test::write_images(folder_, "noise", images, 30);
  test::Bytes labels{0, 0, 8, 1, 0, 0, images >> 8, images & 255};
  std::mt19937 random(7);
  for (std::uint32_t i = 0; i < images; ++i) {
    labels.push_back(static_cast<std::uint8_t>(random() % 3));
  }
  folder_.write("noise/train-labels-idx1-ubyte", labels);
  const std::vector<std::string> words{"select",           "data.source=idx", "data.path=noise",
                                       "model.preset=mlp", "train.epochs=3",  "select.study=study"};
  const Outcome outcome = run(folder_, words);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("the first look, on all images, expects ")) << "a race";
  EXPECT_THAT(outcome.out, HasSubstr("\nNothing was chosen: no trial beats the best answer"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "study/refit"));
  const json result = run(folder_, {"select", "--resume", "study", "--json"}).json();
  for (const char* nothing : {"chosen", "tied", "refit", "test", "try_next"}) {
    EXPECT_TRUE(result[nothing].is_null()) << nothing;
  }
  EXPECT_EQ(result["test_looks"], 0);
  EXPECT_THAT(run(folder_, {"study", "show", "study"}).out, HasSubstr("study: nothing chosen, "));
}

TEST_F(Selecting, AChoiceAtTheEdgeSaysWhatToTryNext) {
  // Penalties too small to tell apart: the largest one is chosen.
  const Outcome outcome =
      select({"train.epochs=8", "select.over={ \"regularize.l2\" = [1e-9, 1e-8] }"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              HasSubstr("regularize.l2 1e-08 is at the upper edge of what was tried: "
                        "the best may be above it.\nTo look there: ridgeline select "));
  const json result = run(folder_, {"select", "--resume", "study", "--json"}).json();
  EXPECT_EQ(result["at_edge"], json::parse(R"([{"parameter": "regularize.l2", "edge": "upper",
      "next": {"min": 1e-8, "max": 1e-7, "scale": "log"}}])"));
  const std::string command = result["try_next"];
  EXPECT_THAT(outcome.out, HasSubstr(command));

  std::filesystem::create_symlink(RIDGELINE_PROGRAM, folder_.path() / "ridgeline");
  const std::string pasted = "cd '" + folder_.path().string() + "' && PATH=.:$PATH " + command;
  EXPECT_EQ(std::system((pasted + " train.epochs=1 > pasted 2>&1").c_str()), 0) << pasted;
  EXPECT_TRUE(std::filesystem::exists(folder_ / "study-2/study.sqlite"));
}

TEST_F(Selecting, AStudyIsNoRun) {
  ASSERT_EQ(select({"train.epochs=1", "select.trials=2"}).code, 0);
  const Outcome outcome = run(folder_, {"train", "--resume", "study"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("ridgeline select --resume study"));
  EXPECT_EQ(run(folder_, {"train", "small.toml", "train.run=study"}).code, 2);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "study/history.csv"));
}

TEST_F(Selecting, PrintsTheTrialsTheCurveAndTheChoice) {
  const Outcome outcome = select({});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  // The small data set repeats itself.
  EXPECT_EQ(
      outcome.err,
      "30 of the 30 test images are among the training images, pixel for pixel: ridgeline data "
      "check finds such copies\n");
  for (const char* text :
       {"120 training images in 2 folds, 30 for the test", "2 epochs a training", "val loss ± s.e.",
        "Chosen by one-standard-error: regularize.l2", "7 trainings", "study/refit IMAGE"}) {
    EXPECT_THAT(outcome.out, HasSubstr(text));
  }
  EXPECT_THAT(outcome.out, Not(HasSubstr("\x1b")));
}

TEST_F(Selecting, AHoldOutByAccuracyOverSeveralKeys) {
  const Outcome outcome = select({"--json", "select.folds=1", "data.validation=0.25",
                                  "select.metric=val_accuracy", "select.method=random",
                                  "select.over={ \"regularize.l2\" = { min = 1e-4, max = 1e-2 }, "
                                  "\"train.batch\" = { min = 8, max = 16, scale = \"linear\" } }"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json result = outcome.json();
  EXPECT_EQ(result["rule"], "best");
  EXPECT_TRUE(result["tied"].is_null());
  EXPECT_EQ(result["chosen"].size(), 2U);
  EXPECT_EQ(result["trials"][0]["validation"]["images"], 30);
}

TEST_F(Selecting, AnotherScoreLastsUntilTheNextOne) {
  ASSERT_EQ(select({"select.rule=best"}).code, 0);
  const auto again = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"select", "--resume", "study", "--json"});
    const Outcome outcome = run(folder_, more);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome.json();
  };
  const json by_accuracy = again({"select.metric=val_accuracy"});
  EXPECT_EQ(by_accuracy["metric"], "val_accuracy");
  const json later = again({});
  EXPECT_EQ(later["metric"], "val_accuracy");
  EXPECT_EQ(later["rule"], "best");
  EXPECT_EQ(later["chosen"], by_accuracy["chosen"]);
}

TEST_F(Selecting, FoldsTakeThePlaceOfTheValidationOfAFile) {
  folder_.write("validated.toml",
                std::string("[data]\nsource = \"idx\"\npath = \"images\"\n"
                            "validation = \"test\"\n"
                            "[model]\npreset = \"mlp\"\n"
                            "[train]\nepochs = 2\nbatch = 16\n"
                            "[select]\nmethod = \"grid\"\nfolds = 2\ntrials = 3\n"));
  const Outcome outcome = run(folder_, {"select", "validated.toml", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.json()["test"]["images"], 30);
}

TEST_F(Selecting, AKeyWithoutASimplerValueIsChosenByBest) {
  const Outcome outcome = select({"--json", "select.over={ \"train.batch\" = [8, 16, 32] }"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json result = outcome.json();
  EXPECT_EQ(result["rule"], "best");
  EXPECT_TRUE(result["tied"].is_null());
  double best = std::numeric_limits<double>::infinity(), batch = 0;
  for (const json& trial : result["trials"]) {
    if (trial["score"] >= best) continue;
    best = trial["score"];
    batch = trial["parameters"]["train.batch"];
  }
  EXPECT_EQ(result["chosen"]["train.batch"], batch);
}

TEST_F(Selecting, WhereEveryTrialDivergesSoDoesTheSelection) {
  const Outcome outcome = select({"--json", "optimizer.kind=sgd",
                                  "select.over={ \"optimizer.learning_rate\" = [1e20, 1e30] }"});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("every trial diverged: try a lower optimizer.learning_rate"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("guessing")));
  const json result = outcome.json();
  EXPECT_TRUE(result["chosen"].is_null());
  ASSERT_EQ(result["trials"].size(), 2U);
  for (const json& trial : result["trials"]) {
    EXPECT_EQ(trial["status"], "diverged");
    for (const char* none : {"score", "train", "validation"}) {
      EXPECT_TRUE(trial[none].is_null()) << none;
    }
  }
}

TEST_F(Selecting, AKilledStudyGoesOnWithoutRepeatingAFold) {
  const auto fold = folder_ / "study/trials/1/fold-1";
  // Several folds train at once, so a later one may be ahead. The checkpoint is removed when the
  // study has the fold.
  const auto is_in_study = [&] {
    if (!std::filesystem::exists(fold / "history.csv")) return false;
    const auto history = test::read_bytes(fold / "history.csv");
    constexpr int lines = 9;  // a header and 8 epochs
    return std::ranges::count(history, '\n') == lines &&
           !std::filesystem::exists(fold / "checkpoint.safetensors");
  };
  const Outcome killed = select({"train.epochs=8", "select.trials=4"}, [&](pid_t child) {
    while (!is_in_study() ||
           !std::filesystem::exists(folder_ / "study/trials/2/fold-2/history.csv")) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    kill(child, SIGKILL);
  });
  ASSERT_EQ(killed.code, 128 + SIGKILL);
  const auto first = fold / "model.safetensors";
  const auto written = std::filesystem::last_write_time(first);
  const Outcome resumed = run(folder_, {"select", "--resume", "study", "--json"});
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_EQ(std::filesystem::last_write_time(first), written);
  EXPECT_THAT(resumed.err, HasSubstr(", known"));

  const Outcome straight =
      select({"train.epochs=8", "select.trials=4", "select.study=straight", "--json"});
  for (const char* what : {"chosen", "tied", "test"}) {
    EXPECT_EQ(resumed.json()[what], straight.json()[what]) << what;
  }
  for (std::size_t t = 0; t < 4; ++t) {
    EXPECT_EQ(resumed.json()["trials"][t]["score"], straight.json()["trials"][t]["score"]);
  }
}

TEST_F(Selecting, InterruptedItSavesAndSaysHowToGoOn) {
  const Outcome stopped = select({"train.epochs=100000", "--json"}, [&](pid_t child) {
    while (!std::filesystem::exists(folder_ / "study/trials/1/fold-1/history.csv")) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    kill(child, SIGINT);
  });
  EXPECT_EQ(stopped.code, 130);
  EXPECT_THAT(stopped.err, HasSubstr("ridgeline select --resume study"));
  EXPECT_EQ(stopped.json()["rule"], "one-standard-error");
  EXPECT_EQ(run(folder_, {"select", "--resume", "study", "train.epochs=2"}).code, 2);
  const Outcome elsewhere = run(folder_, {"select", "--resume", "study", "select.study=other"});
  EXPECT_EQ(elsewhere.code, 2);
  EXPECT_EQ(elsewhere.err,
            "select.study has no effect with --resume, which continues in study: leave it out\n");
}

TEST_F(Selecting, WhatIsRefusedLeavesNothing) {
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"select.metric=val_acuracy", "did you mean 'val_accuracy'"},
      {"select.rule=worst", "best"},
      {"select.method=guess", "grid"},
      {"select.folds=121", "folds"},
      {"select.trials=0", "select.trials"},
      {"select.over={ \"regularize.l3\" = { min = 1, max = 2 } }", "regularize.l2"},
      {"select.over={ \"regularize.l2\" = { min = -1, max = 2, scale = \"linear\" } }",
       "not negative"},
      {"select.over={ \"regularize.l2\" = { min = 2, max = 1 } }", "regularize.l2"},
      {"select.over={ \"select.folds\" = [2, 3] }", "select.folds is the same for all trials"},
      {"select.over={ \"train.seed\" = [1, 2] }", "train.seed is the same for all trials"},
      {"select.over={ \"train.threads\" = [1, 2] }", "train.threads is the same for all trials"},
      {"select.over={ \"train.shards\" = [1, 2] }", "train.shards is the same for all trials"},
      {"select.over={ \"train.batch\" = [16, 61] }", "only 60 training images"},
      {"train.batch=61", "only 60 training images"},
      {"select.over={ \"train.epochs\" = [1.5, 2.5] }", "train.epochs must be a whole number"},
      {"select.over={ \"train.run\" = [1, 2] }", "train.run is not a number"},
      {"select.over={ \"optimizer.momentum\" = [0, 0.9] }", "which has no effect on adam"},
      {"select.over={ \"regularize.l2@nothing*\" = [0.1] }",
       "select.over names regularize.l2@nothing*, which matches none of the trained parameters: "
       "these are dense_1.kernel, dense_1.bias, "},
      {"select.metric=val_penalty", "measures how large the weights are"},
      {"select.metric=val_objective", "which regularize.l2 changes by itself"},
      {"train.run=here", "train.run has no effect on ridgeline select"},
      {"data.validation=0.2", "data.validation has no effect on ridgeline select"},
      {"regularize.rule=[{ match = \"*.bias\", l2 = 0 }]", "regularize.rule[0] '*.bias' changes"},
  };
  for (const auto& [word, text] : wrong) {
    const Outcome outcome = select({word});
    EXPECT_EQ(outcome.code, 2) << word << "\n" << outcome.out;
    EXPECT_THAT(outcome.err, HasSubstr(text)) << word;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(folder_ / "study")) << word;
  }
  for (const char* validation : {"0", "test", "some/folder"}) {
    const Outcome outcome =
        select({"select.folds=1", std::string("data.validation=") + validation});
    EXPECT_EQ(outcome.code, 2) << validation;
    EXPECT_THAT(outcome.err, HasSubstr("select.folds = 1 holds out data.validation")) << validation;
  }
  EXPECT_EQ(run(folder_, {"select", "--resume", "nowhere"}).code, 2);
}

TEST_F(Selecting, AStudyOfOtherSettingsIsRefused) {
  ASSERT_EQ(select({}).code, 0);
  const Outcome other = select({"optimizer.learning_rate=0.01"});
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err, HasSubstr("optimizer.learning_rate = 0.001, not 0.01"));
  const Outcome form = select({"regularize.l2={ kind = \"cosine\", from = 1e-3, to = 0 }"});
  EXPECT_EQ(form.code, 2);
  EXPECT_THAT(form.err, HasSubstr("regularize.l2 = "));
  const Outcome same = select({"--json", "data.path=" + (folder_ / "images").string()});
  EXPECT_EQ(same.code, 0);
  EXPECT_EQ(same.json()["cost"]["trainings"], 7);
  folder_.write("study/study.sqlite", std::string(4096, 'x'));
  EXPECT_EQ(select({}).code, 3);
}

}  // namespace
}  // namespace ridgeline::cli
