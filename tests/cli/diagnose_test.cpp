// The diagnosis of a training on the command line.
#include <gmock/gmock.h>

#include <algorithm>
#include <iomanip>
#include <sstream>

#include "cli/trained_model.hpp"

namespace ridgeline::cli {
namespace {

using nlohmann::json;
using test::Outcome;
using test::run;
using testing::HasSubstr;
using testing::Not;

class Diagnose : public TrainedModel {};

TEST_F(Diagnose, TellsWhatTheTrainingTold) {
  const Outcome trained = run(*folder_, words({"train.run=heavy", "regularize.l2=30", "--json"}));
  ASSERT_EQ(trained.code, 0) << trained.err;
  const json told = trained.json()["diagnosis"];
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told[0]["kind"], "penalty-dominates");
  EXPECT_EQ(told[0]["severity"], "warning");
  EXPECT_TRUE(told[0]["layers"].is_array());
  EXPECT_GT(told[0]["evidence"][0]["value"], 0.5);
  EXPECT_THAT(trained.err, HasSubstr("warning: The penalty dominates: "));
  EXPECT_THAT(trained.err,
              HasSubstr("What helps: a tenth of regularize.l2 (3), or what `ridgeline select "
                        "heavy/experiment.toml 'select.over={"));

  const Outcome later = run(*folder_, {"diagnose", "heavy", "--json"});
  ASSERT_EQ(later.code, 0) << later.err;
  EXPECT_EQ(later.json()["diagnosis"], told);
  EXPECT_EQ(later.json()["epochs"], 4);
}

TEST_F(Diagnose, TellsWhatItFoundWithoutAnAdvice) {
  const Outcome trained = run(*folder_, words({"train.run=idle", "regularize.l2=1e-12", "--json"}));
  ASSERT_EQ(trained.code, 0) << trained.err;
  EXPECT_THAT(trained.err, HasSubstr("note: The penalty has no effect: "));
  EXPECT_THAT(trained.err, Not(HasSubstr("What helps")));
  const json told = trained.json()["diagnosis"];
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0]["kind"], "penalty-never-moves");
  EXPECT_EQ(told[0]["advice"], "");
}

// Runs the command that an advice proposes.
TEST_F(Diagnose, ProposesACommandThatRuns) {
  const Outcome trained =
      run(*folder_, words({"train.run=too much", "regularize.l2=30", "--json"}));
  ASSERT_EQ(trained.code, 0) << trained.err;
  const std::string advice = trained.json()["diagnosis"][0]["advice"];
  const auto begin = advice.find("`ridgeline select ") + 1, end = advice.rfind('`');
  ASSERT_LT(begin, end) << advice;
  std::istringstream proposed(advice.substr(begin, end - begin));
  std::vector<std::string> pasted;
  for (std::string word; proposed >> std::quoted(word, '\'');) pasted.push_back(word);
  ASSERT_EQ(pasted.size(), 4U) << advice;
  EXPECT_EQ(pasted[2], "too much/experiment.toml");
  pasted.erase(pasted.begin());
  for (const char* word : {"select.study=weaker", "select.folds=2", "train.epochs=1", "--json"}) {
    pasted.emplace_back(word);
  }
  const Outcome selected = run(*folder_, pasted);
  ASSERT_EQ(selected.code, 0) << selected.err;
  EXPECT_GE(selected.json()["trials"].size(), 4U);
}

TEST_F(Diagnose, HasATableOfTheLayers) {
  const Outcome outcome = run(*folder_, {"diagnose", "first"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("first, epoch 4: means over its 7 steps"));
  EXPECT_THAT(outcome.out, HasSubstr("\ndense_1 "));
  EXPECT_THAT(outcome.out, HasSubstr("penalty's share"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("\nflatten_1 ")));
  EXPECT_EQ(outcome.err, "");

  const json layers = run(*folder_, {"diagnose", "first", "--json"}).json()["layers"];
  ASSERT_EQ(layers.size(), 4U);
  EXPECT_EQ(layers[1]["layer"], "dense_1");
  for (const char* number : {"gradient_norm", "weight_norm", "update_ratio", "shrink",
                             "penalty_share", "effective_rate", "activation_rms"}) {
    EXPECT_GT(layers[1][number], 0) << number;
  }
  EXPECT_TRUE(layers[1].contains("dead_units"));
  EXPECT_FALSE(layers[3].contains("dead_units"));
  EXPECT_FALSE(layers[0].contains("gradient_norm"));
}

TEST_F(Diagnose, OfATrainingThatDiverges) {
  const Outcome trained =
      run(*folder_, words({"train.run=wild", "loss.kind=mse", "optimizer.kind=sgd",
                           "optimizer.learning_rate=1e30", "--json"}));
  EXPECT_EQ(trained.code, 4);
  EXPECT_EQ(trained.out, "");
  const auto verdict =
      trained.err.find("\nproblem: It diverged because its steps were too large: ");
  ASSERT_NE(verdict, std::string::npos) << trained.err;
  EXPECT_LT(verdict, trained.err.find("\ntraining diverged in epoch 1, step "));
  EXPECT_THAT(trained.err, HasSubstr("What helps: a tenth of optimizer.learning_rate"));

  const Outcome later = run(*folder_, {"diagnose", "wild"});
  ASSERT_EQ(later.code, 0) << later.err;
  EXPECT_THAT(later.out, HasSubstr("training diverged in epoch 1, step "));
  EXPECT_THAT(later.out, HasSubstr("wild, epoch 1: means over its "));
  EXPECT_THAT(later.out, HasSubstr("problem: It diverged because its steps were too large: "));
  const json document = run(*folder_, {"diagnose", "wild", "--json"}).json();
  EXPECT_EQ(document["epochs"], 0);
  EXPECT_THAT(document["diverged"], HasSubstr("training diverged in epoch 1"));
  EXPECT_EQ(document["diagnosis"][0]["kind"], "learning-rate-too-high");
  EXPECT_TRUE(run(*folder_, {"diagnose", "first", "--json"}).json()["diverged"].is_null());

  // A better training may use its folder.
  ASSERT_EQ(run(*folder_, words({"train.run=wild"})).code, 0);
  EXPECT_THAT(run(*folder_, {"diagnose", "wild"}).out, Not(HasSubstr("diverged")));
}

TEST_F(Diagnose, ReadsNothingButTheFolder) {
  ASSERT_EQ(run(*folder_, words({"train.run=alone", "train.epochs=2"})).code, 0);
  test::Folder elsewhere;
  std::filesystem::copy(*folder_ / "alone", elsewhere / "moved");
  EXPECT_EQ(run(elsewhere, {"diagnose", "moved"}).code, 0);
}

TEST_F(Diagnose, StepsAreLogged) {
  ASSERT_EQ(run(*folder_, words({"train.run=steps", "train.epochs=2", "train.log_every=7"})).code,
            0);
  const auto bytes = test::read_bytes(*folder_ / "steps/steps.csv");
  const std::string text(bytes.begin(), bytes.end());
  EXPECT_THAT(text, HasSubstr("\n7,1,dense_1.kernel,"));
  EXPECT_THAT(text, HasSubstr("\n14,2,dense_1.kernel,"));
  EXPECT_EQ(std::ranges::count(text, '\n'), 1 + 2 * 6);
  EXPECT_FALSE(std::filesystem::exists(*folder_ / "first/steps.csv"));
}

TEST_F(Diagnose, WhatIsNoRun) {
  EXPECT_EQ(run(*folder_, {"diagnose", "nowhere"}).err,
            "nowhere is not a folder: name that of a run or study\n");
  EXPECT_EQ(run(*folder_, {"diagnose", "nowhere"}).code, 2);
  EXPECT_EQ(run(*folder_, {"diagnose", "images"}).code, 3);
  ASSERT_EQ(run(*folder_, words({"train.run=old", "train.epochs=1"})).code, 0);
  folder_->write("old/diagnosis.csv", std::string("epoch,steps,name\n1,7\n"));
  const Outcome broken = run(*folder_, {"diagnose", "old"});
  EXPECT_EQ(broken.code, 3);
  EXPECT_EQ(broken.err, "old/diagnosis.csv:2: has 2 cells, not 3\n");
  std::filesystem::remove(*folder_ / "old/diagnosis.csv");
  const Outcome without = run(*folder_, {"diagnose", "old"});
  EXPECT_EQ(without.code, 3);
  EXPECT_THAT(without.err, HasSubstr("old holds no diagnosis.csv"));
}

}  // namespace
}  // namespace ridgeline::cli
