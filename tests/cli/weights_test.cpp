// Trainings that begin with the weights of another one.
#include <gmock/gmock.h>

#include "cli/trained_model.hpp"

namespace ridgeline::cli {
namespace {

using test::Outcome;
using test::run;
using testing::HasSubstr;
using testing::Not;

class Weights : public TrainedModel {};

std::string text_of(const std::filesystem::path& file) {
  const auto bytes = test::read_bytes(file);
  return {bytes.begin(), bytes.end()};
}

TEST_F(Weights, AreTakenFromARun) {
  const Outcome outcome =
      run(*folder_, words({"model.weights=first", "model.frozen=[\"dense_*\"]", "regularize.l2=0",
                           "train.run=further", "train.epochs=1", "--json"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const std::string file = (*folder_ / "first/model.safetensors").string();
  EXPECT_THAT(outcome.err, HasSubstr("6 parameters from " + file + "\n"));
  const std::string record = text_of(*folder_ / "further/experiment.toml");
  EXPECT_THAT(record, HasSubstr("weights = \"" + file + "\""));
  EXPECT_THAT(record, HasSubstr("frozen = [\"dense_*\"]"));
  // Everything is frozen, so the model knows what the first run learnt.
  EXPECT_EQ(outcome.json()["test"]["data_loss"], trained_.json()["test"]["data_loss"]);
}

TEST_F(Weights, WhatIsLeftIsListed) {
  const Outcome outcome = run(
      *folder_,
      {"train", "data.source=idx", "data.path=images", "train.batch=16", "train.epochs=1",
       "train.run=other", "model.weights=first",
       R"(model.layers=[{flatten={}},{dense={units=512}},{dense={units=3,activation="softmax"}}])"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("2 parameters from "));
  EXPECT_THAT(outcome.err, HasSubstr("dense_2.kernel is 256x512 in the file and 3x512 in the"));
  EXPECT_THAT(outcome.err, HasSubstr("dense_3.bias is not in the network"));
}

TEST_F(Weights, NothingThatFitsIsAnErrorBeforeAnythingIsMade) {
  const Outcome outcome = run(
      *folder_,
      {"train", "data.source=idx", "data.path=images", "train.run=none", "model.weights=first",
       R"(model.layers=[{flatten={}},{dense={units=7}},{dense={units=3,activation="softmax"}}])"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("has the name and shape of a parameter of the network"));
  EXPECT_FALSE(std::filesystem::exists(*folder_ / "none"));
  EXPECT_EQ(run(*folder_, words({"model.weights=images/none", "train.run=none"})).code, 3);
  const Outcome frozen = run(*folder_, words({"model.frozen=[\"conv*\"]", "train.run=none"}));
  EXPECT_EQ(frozen.code, 2);
  EXPECT_THAT(frozen.err, HasSubstr("model.frozen: no parameter is named 'conv*'"));
}

TEST_F(Weights, EveryTrainingOfASelectionBeginsWithThem) {
  const Outcome outcome =
      run(*folder_, {"select", "small.toml", "model.weights=first", "optimizer.learning_rate=0",
                     "train.epochs=1", "select.method=grid", "select.folds=2", "select.trials=2",
                     "select.study=study", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("6 parameters from "));
  const auto document = outcome.json();
  for (const auto& trial : document["trials"]) {
    EXPECT_LT(trial["score"], 0.5) << "of three classes, guessed: 1.1";
  }
  EXPECT_EQ(document["test"]["data_loss"], trained_.json()["test"]["data_loss"]);
}

TEST_F(Weights, AStudyIsNotGoneOnWithFromOtherWeights) {
  const auto start = *folder_ / "start.safetensors";
  std::filesystem::copy_file(*folder_ / "first/model.safetensors", start);
  const std::vector<std::string> call{"select",
                                      "small.toml",
                                      "select.method=grid",
                                      "model.weights=start.safetensors",
                                      "train.epochs=1",
                                      "select.folds=2",
                                      "select.trials=1",
                                      "train.batch=16",
                                      "select.study=changed"};
  ASSERT_EQ(run(*folder_, call).code, 0);
  EXPECT_EQ(run(*folder_, {"select", "--resume", "changed"}).code, 0);
  ASSERT_EQ(run(*folder_, words({"train.seed=2", "train.run=second"})).code, 0);
  std::filesystem::copy_file(*folder_ / "second/model.safetensors", start,
                             std::filesystem::copy_options::overwrite_existing);
  const Outcome outcome = run(*folder_, {"select", "--resume", "changed"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("this study was begun with model.weights = "));
}

}  // namespace
}  // namespace ridgeline::cli
