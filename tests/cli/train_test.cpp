// Training by the command line.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <chrono>
#include <thread>

#include "cli/trained_model.hpp"

namespace ridgeline::cli {
namespace {

using nlohmann::json;
using test::Outcome;
using test::run;
using testing::HasSubstr;
using testing::Not;

void expect_set(const json& set, std::int64_t images) {
  ASSERT_TRUE(set.is_object());
  EXPECT_EQ(set["images"], images);
  EXPECT_NEAR(set["objective"].get<double>(),
              set["data_loss"].get<double>() + set["penalty"].get<double>(), 1e-6);
  EXPECT_GE(set["accuracy"], 0);
  EXPECT_LE(set["accuracy"], 1);
}

TEST_F(TrainedModel, TrainGivesOneJsonDocument) {
  ASSERT_EQ(trained_.code, 0) << trained_.err;
  const json result = trained_.json();
  EXPECT_EQ(result["run"], "first");
  EXPECT_EQ(result["epochs"], 4);
  EXPECT_GE(result["best_epoch"], 1);
  EXPECT_GT(result["images_per_second"], 0);
  expect_set(result["train"], 108);
  expect_set(result["validation"], 12);
  expect_set(result["test"], 30);
  EXPECT_GT(result["train"]["penalty"], 0);
  EXPECT_EQ(result["test"]["accuracy"], 1.0);
  EXPECT_THAT(trained_.err, HasSubstr("dense_1"));
  EXPECT_THAT(trained_.err, HasSubstr("4/4"));
  EXPECT_THAT(trained_.err, Not(HasSubstr("\x1b")));
}

TEST_F(TrainedModel, TrainsWithMoreMetrics) {
  const Outcome more = run(*folder_, words({"train.metrics=[\"f1\", \"top_k:2\"]",
                                            "train.monitor=val_ece", "train.run=more", "--json"}));
  ASSERT_EQ(more.code, 0) << more.err;
  for (const char* set : {"train", "validation", "test"}) {
    for (const char* metric : {"accuracy", "top5", "f1_macro", "top2"}) {
      EXPECT_TRUE(more.json()[set].contains(metric)) << set << " " << metric;
    }
  }
  EXPECT_TRUE(more.json()["validation"].contains("ece"));
  const auto bytes = test::read_bytes(*folder_ / "more/history.csv");
  EXPECT_THAT(std::string(bytes.begin(), bytes.end()),
              HasSubstr("train_accuracy,train_top5,train_f1_macro,train_top2,train_ece,val_"));
  const Outcome evaluated = run(*folder_, {"evaluate", "more", "--json"});
  EXPECT_TRUE(evaluated.json().contains("top2")) << "of the run's own list";
}

TEST_F(TrainedModel, MetricsOfAnotherTaskAreRefusedBeforeTraining) {
  const auto refusal = [](std::string command, std::vector<std::string> more) {
    more.insert(more.begin(), {command, "small.toml", "train.run=none", "select.study=none"});
    if (command == "train") std::erase(more, "select.study=none");
    if (command == "select") std::erase(more, "train.run=none");
    const Outcome outcome = run(*folder_, more);
    EXPECT_EQ(outcome.code, 2) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(*folder_ / "none"));
    EXPECT_THAT(outcome.err, Not(HasSubstr("dense_1"))) << "no network is made before";
    return outcome.err;
  };
  EXPECT_THAT(refusal("train", {"train.monitor=val_rmse"}),
              HasSubstr("train.monitor = \"val_rmse\" is not measured on these images, whose task "
                        "is classify: known are val_data_loss, val_objective, val_accuracy"));
  EXPECT_THAT(refusal("train", {"train.monitor=val_top3"}),
              HasSubstr("train.monitor = \"val_top3\" is not measured on these images, whose task "
                        "is classify: did you mean 'val_top5'?"));
  EXPECT_THAT(refusal("train", {"train.metrics=[\"mae\"]"}),
              HasSubstr("train.metrics: mae is not measured on targets called 'class'"));
  EXPECT_THAT(refusal("select", {"select.metric=val_top3", "select.trials=2", "select.folds=2"}),
              HasSubstr("select.metric = \"val_top3\" is not measured on these images, whose task "
                        "is classify: did you mean 'val_top5'?"));
}

TEST_F(TrainedModel, ExactZerosAreReported) {
  const Outcome sparse = run(*folder_, words({"regularize.l1=0.01", "train.run=sparse", "--json"}));
  ASSERT_EQ(sparse.code, 0) << sparse.err;
  EXPECT_GT(sparse.json()["zeros"]["dense_1.kernel"], 0.1);
  EXPECT_THAT(sparse.err, HasSubstr("% of the kernels' weights are exactly 0: dense_1.kernel "));
  const Outcome inspected = run(*folder_, {"inspect", "sparse", "--json"});
  EXPECT_EQ(inspected.json()["parameters"][0]["zeros"], sparse.json()["zeros"]["dense_1.kernel"]);
  EXPECT_THAT(trained_.err, Not(HasSubstr("exactly 0")));
  EXPECT_EQ(trained_.json()["zeros"]["dense_1.kernel"], 0);
}

TEST_F(TrainedModel, TheRunIsRecorded) {
  const auto bytes = test::read_bytes(*folder_ / "first/experiment.toml");
  const std::string record(bytes.begin(), bytes.end());
  for (const char* text : {"\nrun = \"first\"", "\nl2 = 0.001", "\n[ridgeline]\nversion = "}) {
    EXPECT_THAT(record, HasSubstr(text));
  }
  EXPECT_THAT(record, Not(HasSubstr("\nthreads = 0")));
  EXPECT_THAT(record, Not(HasSubstr("\nshards = 0")));
  for (const char* file : {"history.csv", "model.safetensors"}) {
    EXPECT_TRUE(std::filesystem::exists(*folder_ / "first" / file)) << file;
  }
}

TEST_F(TrainedModel, ARunIsNotOverwritten) {
  const Outcome again = run(*folder_, words({}));
  EXPECT_EQ(again.code, 2);
  EXPECT_EQ(again.err,
            "first holds a run already: name another folder with train.run=..., or continue it: "
            "ridgeline train --resume first\n");
}

TEST_F(TrainedModel, ARefusedResumeLeavesTheRecordAsItWas) {
  ASSERT_EQ(run(*folder_, words({"train.run=kept", "train.epochs=1"})).code, 0);
  const auto record = test::read_bytes(*folder_ / "kept/experiment.toml");
  const Outcome refused = run(*folder_, {"train", "--resume", "kept", "train.batch=64"});
  EXPECT_EQ(refused.code, 2) << refused.err;
  EXPECT_EQ(test::read_bytes(*folder_ / "kept/experiment.toml"), record);

  // Also if it ended before its first checkpoint.
  for (const char* file : {"checkpoint.safetensors", "history.csv", "model.safetensors"}) {
    std::filesystem::remove(*folder_ / "kept" / file);
  }
  EXPECT_EQ(run(*folder_, {"train", "--resume", "kept", "train.batch=1000"}).code, 2);
  EXPECT_EQ(test::read_bytes(*folder_ / "kept/experiment.toml"), record);
  EXPECT_EQ(run(*folder_, {"train", "--resume", "kept", "train.epochs=2"}).code, 0);
  EXPECT_NE(test::read_bytes(*folder_ / "kept/experiment.toml"), record);
}

TEST_F(TrainedModel, SettingsWithoutEffectAreRefused) {
  const std::vector<std::pair<std::string, std::string>> idle{
      {"train.average_decay=0.9", "train.average_decay has no effect without train.average"},
      {"select.folds=3", "select.folds has no effect on ridgeline train"},
      {"optimizer.momentum=0", "optimizer.momentum has no effect on adam"},
      {"regularize.l2={ from = 1e-3, to = 1e-5 }", "regularize.l2.to has no effect without a kind"},
      {"regularize.rule=[{ match = \"*.bias\", l2 = 0 }]", "regularize.rule[0] '*.bias' changes"},
      {"optimizer.learning_rate={ kind = \"cosine\", from = 1e-3, every = 100 }",
       "optimizer.learning_rate.every has no effect: a cosine schedule has no 'every'"}};
  for (const auto& [word, sentence] : idle) {
    const Outcome outcome = run(*folder_, words({"train.run=idle", word}));
    EXPECT_EQ(outcome.code, 2) << word;
    EXPECT_THAT(outcome.err, HasSubstr(sentence));
    EXPECT_FALSE(std::filesystem::exists(*folder_ / "idle")) << word;
  }
  const Outcome moved = run(*folder_, {"train", "--resume", "first", "train.run=second"});
  EXPECT_EQ(moved.code, 2);
  EXPECT_EQ(moved.err,
            "train.run has no effect with --resume, which continues in first: leave it out\n");
  // The record of the run has every key, and is an experiment.
  EXPECT_EQ(run(*folder_, {"train", "first/experiment.toml", "train.run=recorded"}).code, 0);
}

TEST_F(TrainedModel, OneProgramAtATimeUsesARun) {
  const auto history = *folder_ / "busy/history.csv";
  Outcome second;
  const Outcome first =
      run(*folder_, words({"train.run=busy", "train.epochs=100000"}), [&](pid_t child) {
        for (int i = 0; i < 20000 && !std::filesystem::exists(history); ++i) {
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        second = run(*folder_, {"train", "--resume", "busy"}, {}, "second");
        kill(child, SIGINT);
      });
  EXPECT_EQ(first.code, 130);
  EXPECT_EQ(second.code, 5) << second.out;
  EXPECT_THAT(second.err, HasSubstr("the folder busy is in use by another program"));
}

TEST_F(TrainedModel, RunsOfTheSameSecondHaveFoldersOfTheirOwn) {
  const auto any = words({"train.run=runs/{name}-{time}", "train.epochs=1", "--json"});
  Outcome second;
  const Outcome first =
      run(*folder_, any, [&](pid_t) { second = run(*folder_, any, {}, "second"); });
  ASSERT_EQ(first.code, 0) << first.err;
  ASSERT_EQ(second.code, 0) << second.err;
  EXPECT_NE(first.json()["run"], second.json()["run"]);
}

TEST_F(TrainedModel, ARunIsNoStudy) {
  const Outcome outcome = run(*folder_, {"select", "--resume", "first"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("ridgeline train --resume first"));
  EXPECT_EQ(run(*folder_, {"select", "small.toml", "select.study=first"}).code, 2);
  EXPECT_FALSE(std::filesystem::exists(*folder_ / "first/study.sqlite"));
}

TEST_F(TrainedModel, TheSameRecordGivesTheSameModel) {
  const Outcome again =
      run(*folder_, {"train", "first/experiment.toml", "train.run=again", "--json"});
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(again.json()["test"], trained_.json()["test"]);
  EXPECT_EQ(test::read_bytes(*folder_ / "again/model.safetensors"),
            test::read_bytes(*folder_ / "first/model.safetensors"));
}

TEST_F(TrainedModel, WithoutValidationOrTest) {
  const Outcome outcome =
      run(*folder_, words({"data.validation=0", "data.test=none", "train.run=bare", "--json"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.json()["best_epoch"], 4);
  EXPECT_TRUE(outcome.json()["validation"].is_null());
  EXPECT_TRUE(outcome.json()["test"].is_null());
}

TEST_F(TrainedModel, TheTestSplitCanBeTheValidation) {
  const Outcome outcome =
      run(*folder_, words({"data.validation=test", "train.run=tested", "--json"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  expect_set(outcome.json()["train"], 120);
  expect_set(outcome.json()["validation"], 30);
  EXPECT_TRUE(outcome.json()["test"].is_null());
}

TEST_F(TrainedModel, PlainOutputIsForPeople) {
  const Outcome outcome = run(*folder_, words({"train.run=plain", "train.epochs=2"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  for (const char* text : {"idx from ", "120 training images (10 % of them for validation)",
                           "kernel: l2 0.0001", "data loss", "2/2", "validation", "test"}) {
    EXPECT_THAT(outcome.out, HasSubstr(text));
  }
  EXPECT_THAT(outcome.out, Not(HasSubstr("\x1b")));
}

TEST_F(TrainedModel, AFinishedRunSaysSo) {
  ASSERT_EQ(run(*folder_, words({"train.run=over", "train.epochs=1"})).code, 0);
  const Outcome again = run(*folder_, {"train", "--resume", "over"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("This run is finished, after 1 epoch: train.epochs=N"));
  EXPECT_THAT(run(*folder_, {"train", "--resume", "over", "train.epochs=2"}).out,
              Not(HasSubstr("finished")));
}

TEST_F(TrainedModel, DivergedIsFour) {
  const Outcome outcome = run(
      *folder_, words({"train.run=wild", "optimizer.kind=sgd", "optimizer.learning_rate=1e30"}));
  EXPECT_EQ(outcome.code, 4) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("try a lower optimizer.learning_rate"));
  for (const char* key : {"regularize.decay", "regularize.l2"}) {
    const Outcome shrunk =
        run(*folder_, words({"train.run=wild", "optimizer.kind=sgd", std::string(key) + "=1e9"}));
    EXPECT_EQ(shrunk.code, 4) << shrunk.err;
    EXPECT_THAT(shrunk.err, HasSubstr(std::string("try a lower ") + key));
    EXPECT_THAT(shrunk.err, Not(HasSubstr("-nan")));
    std::filesystem::remove_all(*folder_ / "wild");
  }
}

TEST_F(TrainedModel, AnOutputLayerOfAnotherSizeIsNamed) {
  const Outcome outcome =
      run(*folder_, words({"train.run=many",
                           "model.layers=[{ flatten = {} }, { dense = { units = 5, activation "
                           "= \"softmax\" } }]"}));
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("3 classes"));
  EXPECT_THAT(outcome.err, HasSubstr("dense_1"));
}

TEST_F(TrainedModel, AResourceThatIsMissingIsFive) {
  EXPECT_EQ(run(*folder_, words({"train.run=/proc/nowhere/run"})).code, 5);
  EXPECT_EQ(run(*folder_, words({"train.run=small.toml/run"})).code, 5);
}

TEST_F(TrainedModel, AFileThatGrowsTooLargeIsAFullDisk) {
  const auto small_files = [] {
    const rlimit limit{.rlim_cur = 16384, .rlim_max = 16384};
    setrlimit(RLIMIT_FSIZE, &limit);
  };
  const Outcome outcome = run(*folder_, words({"train.run=cramped"}), {}, "stdout", small_files);
  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.err, HasSubstr("cramped/model.safetensors cannot be written"));
  for (const auto& file : std::filesystem::directory_iterator(*folder_ / "cramped")) {
    EXPECT_NE(file.path().extension(), ".part") << file.path();
  }
}

TEST_F(TrainedModel, ABatchLargerThanTheDataIsRefused) {
  const Outcome outcome = run(*folder_, words({"train.run=large", "train.batch=1000"}));
  EXPECT_EQ(outcome.code, 2) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("train.batch"));
  EXPECT_FALSE(std::filesystem::exists(*folder_ / "large"));
  EXPECT_EQ(run(*folder_, words({"train.run=above/{time}", "train.batch=1000"})).code, 2);
  EXPECT_FALSE(std::filesystem::exists(*folder_ / "above"));
}

TEST_F(TrainedModel, AnInterruptedRunGoesOnToTheSameEnd) {
  const std::vector<std::string> long_run{"train.epochs=60", "train.patience=0",
                                          "train.run=interrupted"};
  const Outcome stopped = run(*folder_, words(long_run), [&](pid_t child) {
    // After the first epoch, long before the last.
    for (int i = 0; i < 20000 && !std::filesystem::exists(*folder_ / "interrupted/history.csv");
         ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    kill(child, SIGINT);
  });
  ASSERT_EQ(stopped.code, 130) << stopped.err;
  EXPECT_THAT(stopped.out, HasSubstr("ridgeline train --resume interrupted"));
  const Outcome resumed =
      run(*folder_, {"train", "--resume", "interrupted", "train.epochs=60", "--json"});
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  const Outcome straight =
      run(*folder_, words({"train.epochs=60", "train.run=straight", "--json"}));
  ASSERT_EQ(straight.code, 0) << straight.err;
  EXPECT_EQ(resumed.json()["test"], straight.json()["test"]);
  EXPECT_EQ(resumed.json()["epochs"], 60);
  EXPECT_EQ(test::read_bytes(*folder_ / "interrupted/model.safetensors"),
            test::read_bytes(*folder_ / "straight/model.safetensors"));
}

}  // namespace
}  // namespace ridgeline::cli
