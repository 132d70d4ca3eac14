// `ridgeline lambda`: numbers in, tables and JSON out.
#include "ridgeline/lambda.hpp"

#include <gmock/gmock.h>

#include "cli/program.hpp"

namespace ridgeline::cli {
namespace {

using test::Folder;
using test::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Outcome lambda(std::vector<std::string> words) {
  const Folder folder;
  words.insert(words.begin(), "lambda");
  return test::run(folder, words);
}

nlohmann::json answer(const nlohmann::json& document, const std::string& name) {
  for (const auto& entry : document["conventions"]) {
    if (entry["convention"] == name) return entry;
  }
  ADD_FAILURE() << "no " << name;
  return {};
}

TEST(LambdaCommand, ATableForPeople) {
  const Outcome outcome = lambda({"--from", "keras", "0.01", "--optimizer", "adam"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out, HasSubstr("Keras, regularizers.L1L2: l2 = 0.01\n"));
  EXPECT_THAT(outcome.out, HasSubstr("ridgeline   l2 = 0.02, l1 = 0, decay = 0\n"));
  EXPECT_THAT(outcome.out, HasSubstr("pytorch     weight_decay = 0.02\n"));
  EXPECT_THAT(outcome.out, HasSubstr("caffe, darknet, glmnet\n      needs --loss, --outputs\n"));
  EXPECT_THAT(outcome.out, HasSubstr("keras-decay, pytorch-adamw, adamw-paper, adamw-normalized, "
                                     "timescale, timescale-steps\n      adam rescales gradients"));
}

TEST(LambdaCommand, JsonIsOneDocument) {
  const Outcome outcome =
      lambda({"--json", "--from", "sklearn-elasticnet", "0.4", "l1_ratio=0.25", "--outputs", "1",
              "--images", "100", "--optimizer", "sgd", "--learning-rate", "0.1"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
  const nlohmann::json document = outcome.json();
  EXPECT_EQ(document["from"]["convention"], "sklearn-elasticnet");
  EXPECT_EQ(document["from"]["numbers"]["l1_ratio"], 0.25);
  EXPECT_NEAR(document["l2"], 0.6, 1e-12);
  EXPECT_NEAR(document["l1"], 0.2, 1e-12);
  EXPECT_EQ(document["decay"], 0);
  EXPECT_EQ(document["learning_rate"], 0.1);
  ASSERT_EQ(document["conventions"].size(), lambda_conventions().size());
  const nlohmann::json keras = answer(document, "keras");
  EXPECT_NEAR(keras["numbers"]["l2"], 0.3, 1e-12);
  EXPECT_NEAR(keras["numbers"]["l1"], 0.2, 1e-12);
  EXPECT_EQ(keras["learning_rate"], 0.1);
  EXPECT_TRUE(keras["reason"].is_null());
  const nlohmann::json glmnet = answer(document, "glmnet");
  EXPECT_TRUE(glmnet["numbers"].is_null());
  EXPECT_THAT(glmnet["needs"].get<std::vector<std::string>>(), ElementsAre("target_sd"));
  const nlohmann::json ridge = answer(document, "sklearn-ridge");
  EXPECT_TRUE(ridge["numbers"].is_null());
  EXPECT_EQ(ridge["reason"], "it has no l1");
}

TEST(LambdaCommand, WhatWasTakenForGrantedIsShown) {
  const Outcome outcome = lambda({"--from", "glmnet", "0.1", "--optimizer", "sgd", "--loss",
                                  "cross-entropy", "--outputs", "3"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("lambda = 0.1, alpha = 1\n")) << "glmnet's lasso";
}

TEST(LambdaCommand, EveryOptionReachesItsFormula) {
  const auto number = [](const std::string& name, const std::string& key,
                         const std::vector<std::string>& words) {
    std::vector<std::string> all{"--json"};
    all.insert(all.end(), words.begin(), words.end());
    const nlohmann::json found = answer(lambda(all).json(), name)["numbers"];
    EXPECT_TRUE(found.contains(key)) << name;
    return found.contains(key) ? found[key].get<double>() : 0;
  };
  const std::vector<std::string> decay{"--from", "pytorch-adamw",   "0.1", "--optimizer",
                                       "adamw",  "--learning-rate", "0.01"};
  const auto with = [](std::vector<std::string> words, const std::vector<std::string>& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  EXPECT_NEAR(number("adamw-normalized", "lambda_norm",
                     with(decay, {"--images", "600", "--batch", "20", "--epochs", "30"})),
              0.03, 1e-12);
  EXPECT_NEAR(number("adamw-normalized", "lambda_norm", with(decay, {"--steps", "900"})), 0.03,
              1e-12);
  EXPECT_NEAR(number("timescale", "tau_epoch", with(decay, {"--images", "600", "--batch", "20"})),
              1000.0 / 30, 1e-9);
  const std::vector<std::string> squares{"--from", "keras", "l1=0.2",    "l2=0.3",
                                         "--loss", "mse",   "--outputs", "1"};
  EXPECT_NEAR(number("glmnet", "lambda", with(squares, {"--target-sd", "4"})), 0.1 + 0.3 * 4,
              1e-12);
  const Outcome momentum =
      lambda({"--from", "keras-decay", "0.1", "--optimizer", "sgd", "--momentum", "0.9"});
  EXPECT_THAT(momentum.out, HasSubstr("as with l2 = 0.01"));
}

TEST(LambdaCommand, WhatIsInfiniteIsAWordInJson) {
  const nlohmann::json document = lambda({"--json", "--from", "ridgeline", "0", "--images", "10",
                                          "--loss", "cross-entropy", "--outputs", "3"})
                                      .json();
  EXPECT_EQ(answer(document, "sklearn-logistic")["numbers"]["C"], "inf");
  EXPECT_THAT(lambda({"--from", "sklearn-logistic", "inf", "--images", "10", "--loss",
                      "cross-entropy", "--outputs", "3"})
                  .out,
              HasSubstr("l2 = 0, l1 = 0"));
}

TEST(LambdaCommand, ErrorsAreOneSentenceAndTwo) {
  const auto sentence = [](const std::vector<std::string>& words) {
    const Outcome outcome = lambda(words);
    EXPECT_EQ(outcome.code, 2) << outcome.out;
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    return outcome.err.substr(0, outcome.err.size() - 1);
  };
  EXPECT_EQ(sentence({}), "'ridgeline lambda' needs NUMBER: 0.01, or by name: l2=0.01 l1=1e-4");
  EXPECT_THAT(sentence({"0.01"}), HasSubstr("needs --from NAME: one of ridgeline, keras"));
  EXPECT_THAT(sentence({"--from", "kears", "0.01"}), HasSubstr("did you mean 'keras'?"));
  EXPECT_EQ(sentence({"--from", "keras", "much"}),
            "'much' is not a number: keras takes its l2, l1, as in l2=0.01");
  EXPECT_EQ(sentence({"--from", "pytorch", "weight_decay="}),
            "'weight_decay=' is not a number: pytorch takes its weight_decay, as in "
            "weight_decay=0.01");
  EXPECT_THAT(sentence({"--from", "keras", "l3=1"}), HasSubstr("keras has no number 'l3'"));
  EXPECT_EQ(sentence({"--from", "keras", "1", "l2=2"}), "the l2 of keras is given twice");
  EXPECT_EQ(sentence({"--from", "sklearn-ridge", "1"}), "sklearn-ridge needs --images, --outputs");
  EXPECT_EQ(sentence({"--from", "adamw-paper", "1"}), "adamw-paper needs --learning-rate");
  EXPECT_THAT(sentence({"--from", "keras", "1", "--optimizer", "admm"}), HasSubstr("'admm'"));
  EXPECT_THAT(sentence({"--from", "keras", "1", "--loss", "mes"}), HasSubstr("'mes'"));
  EXPECT_EQ(sentence({"--from", "keras", "1", "--images", "many"}),
            "--images takes numbers of at least 0, not 'many'");
  EXPECT_EQ(sentence({"--from", "keras", "1", "--images", "0"}),
            "images must be a number above 0, not 0");
}

TEST(LambdaCommand, TheHelpHasEveryConvention) {
  const Outcome outcome = lambda({"--help"});
  for (const LambdaConvention& convention : lambda_conventions()) {
    EXPECT_THAT(outcome.out, HasSubstr("\n  " + convention.name + " "));
    EXPECT_THAT(outcome.out, HasSubstr(convention.meaning));
  }
  EXPECT_THAT(outcome.out, Not(HasSubstr("{}")));
}

std::string document() {
  const test::Bytes bytes = test::read_bytes(RIDGELINE_TEST_DATA "/../../docs/lambda.md");
  return {bytes.begin(), bytes.end()};
}

TEST(LambdaDocumentation, HasEveryConvention) {
  const std::string text = document();
  for (const LambdaConvention& convention : lambda_conventions()) {
    EXPECT_THAT(text, HasSubstr("\n| `" + convention.name + "` |"));
  }
}

TEST(LambdaDocumentation, TheExampleIsWhatTheProgramPrints) {
  const Outcome outcome =
      lambda({"--from", "keras", "0.01", "--optimizer", "sgd", "--learning-rate", "0.1", "--loss",
              "mse", "--outputs", "1", "--images", "5000", "--batch", "50", "--epochs", "20",
              "--target-sd", "2"});
  const std::string text = document();
  std::istringstream lines(outcome.out);
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const std::string shown = line.empty() ? line : "    " + line;
    EXPECT_THAT(text, HasSubstr("\n" + shown + "\n"));
  }
  EXPECT_GT(count, 20);
}

}  // namespace
}  // namespace ridgeline::cli
