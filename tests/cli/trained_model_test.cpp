// Uses of a trained model: evaluate, predict, inspect.
#include "cli/trained_model.hpp"

#include <gmock/gmock.h>
#include <png.h>

namespace ridgeline::cli {
namespace {

using nlohmann::json;
using test::Outcome;
using test::run;
using testing::HasSubstr;
using testing::Not;

TEST_F(TrainedModel, EvaluatesTheTestSetThatTheRunNamed) {
  test::write_images(*folder_, "others", 60, 0);
  const Outcome trained =
      run(*folder_, words({"--json", "train.run=elsewhere", "data.test=others"}));
  ASSERT_EQ(trained.code, 0) << trained.err;
  const Outcome outcome = run(*folder_, {"evaluate", "elsewhere", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.json()["images"], 60);
  EXPECT_EQ(outcome.json()["data_loss"], trained.json()["test"]["data_loss"]);
}

TEST_F(TrainedModel, Evaluate) {
  const Outcome outcome = run(*folder_, {"evaluate", "first", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json result = outcome.json();
  EXPECT_EQ(result["images"], 30);
  EXPECT_EQ(result["data_loss"], trained_.json()["test"]["data_loss"]);
  EXPECT_EQ(result["confusion"], json::parse("[[10,0,0],[0,10,0],[0,0,10]]"));
  EXPECT_EQ(result["classes"], json::parse(R"(["0", "1", "2"])"));

  const Outcome plain = run(*folder_, {"evaluate", "first/model.safetensors", "--data", "idx",
                                       "--path", "images", "--split", "train"});
  ASSERT_EQ(plain.code, 0) << plain.err;
  EXPECT_THAT(plain.out, HasSubstr("120 images of the training part"));
  EXPECT_THAT(plain.out, HasSubstr("truth"));
}

TEST_F(TrainedModel, EvaluatesTheTrainingImagesThatTheRunHad) {
  ASSERT_EQ(run(*folder_, words({"data.limit=60", "train.run=limited"})).code, 0);
  const Outcome outcome = run(*folder_, {"evaluate", "limited", "--split", "train", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.json()["images"], 54);  // the others were used to choose the epoch
  EXPECT_EQ(run(*folder_, {"evaluate", "limited", "--split", "val", "--json"}).json()["images"], 6);
  EXPECT_EQ(run(*folder_, {"evaluate", "limited", "--json"}).json()["images"], 30);
}

TEST_F(TrainedModel, EvaluateRefusesWhatDoesNotFit) {
  EXPECT_EQ(run(*folder_, {"evaluate", "first", "--split", "both"}).code, 2);
  EXPECT_EQ(run(*folder_, {"evaluate", "first", "--data", "idx"}).code, 2);
  std::filesystem::copy(*folder_ / "first/model.safetensors", *folder_ / "alone.safetensors");
  const Outcome alone = run(*folder_, {"evaluate", "alone.safetensors"});
  EXPECT_EQ(alone.code, 2);
  EXPECT_THAT(alone.err, HasSubstr("--data DATA"));
}

void write_png(const std::filesystem::path& file, unsigned size, const test::Bytes& pixels) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.format = PNG_FORMAT_GRAY;
  image.width = image.height = size;
  ASSERT_NE(png_image_write_to_file(&image, file.c_str(), 0, pixels.data(), 0, nullptr), 0);
}

TEST_F(TrainedModel, PredictsImageFiles) {
  // Twice the size of the training images, the middle third bright: class 1.
  test::Bytes pixels(16 * 16, 40);
  for (unsigned i = 0; i < pixels.size(); ++i) pixels[i] += i % 16 / 6 == 1 ? 160 : 0;
  write_png(*folder_ / "middle.png", 16, pixels);
  const Outcome outcome =
      run(*folder_, {"predict", "first", "middle.png", "middle.png", "--top", "2", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json result = outcome.json();
  ASSERT_EQ(result.size(), 2);
  EXPECT_EQ(result[0]["image"], "middle.png");
  ASSERT_EQ(result[0]["predictions"].size(), 2);
  EXPECT_EQ(result[0]["predictions"][0]["label"], "1");
  EXPECT_GT(result[0]["predictions"][0]["probability"], 0.5);
  EXPECT_EQ(result[0], result[1]);

  const Outcome plain = run(*folder_, {"predict", "first", "middle.png"});
  EXPECT_EQ(plain.code, 0);
  EXPECT_THAT(plain.out, HasSubstr("probability"));

  folder_->write("broken.png", std::string("\x89PNG and no more"));
  const Outcome broken = run(*folder_, {"predict", "first", "middle.png", "broken.png", "--json"});
  EXPECT_EQ(broken.code, 3);
  EXPECT_EQ(broken.json()[0]["predictions"].size(), 3);  // the others are predicted
  EXPECT_THAT(broken.err, HasSubstr("broken.png"));
}

TEST_F(TrainedModel, EvaluatesEveryMetricOfTheList) {
  const std::string text = run(*folder_, {"evaluate", "first"}).out;
  const json numbers = run(*folder_, {"evaluate", "first", "--json"}).json();
  for (const std::string name : {"accuracy", "top5", "balanced_accuracy", "precision_macro",
                                 "recall_macro", "f1_macro", "ece", "brier"}) {
    // The true class is always among the five most probable of three.
    if (name != "top5") EXPECT_THAT(text, HasSubstr("\n" + name + " "));
    EXPECT_TRUE(numbers.contains(name)) << name;
    EXPECT_TRUE(numbers.contains(name + "_error")) << name;
  }
  EXPECT_THAT(text, Not(HasSubstr("top5")));
  EXPECT_EQ(numbers["per_class"]["f1"].size(), 3);
  EXPECT_EQ(numbers["confusion"].size(), 3);
  EXPECT_THAT(text, HasSubstr("precision   recall       f1"));
}

TEST_F(TrainedModel, EvaluatesTheMetricsThatAreAskedFor) {
  const json numbers =
      run(*folder_, {"evaluate", "first", "--metrics", "roc_auc top_k:2", "--json"}).json();
  EXPECT_GT(numbers["roc_auc"], 0.5);
  EXPECT_TRUE(numbers.contains("top2"));
  const Outcome unknown = run(*folder_, {"evaluate", "first", "--metrics", "roc"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean 'roc_auc'"));
  const Outcome other = run(*folder_, {"evaluate", "first", "--metrics", "mae"});
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err, HasSubstr("mae is not measured on targets called 'class'"));
}

TEST_F(TrainedModel, InspectsModelsAndData) {
  const Outcome model = run(*folder_, {"inspect", "first", "--json"});
  ASSERT_EQ(model.code, 0) << model.err;
  EXPECT_EQ(model.json()["input"], json::parse("[1, 8, 8]"));
  EXPECT_EQ(model.json()["classes"].size(), 3);
  EXPECT_EQ(model.json()["parameters"][0]["l2"], 1e-3);
  EXPECT_EQ(model.json()["regularize"]["l2"], 1e-3);
  EXPECT_THAT(run(*folder_, {"inspect", "first"}).out, HasSubstr("cross-entropy"));

  const Outcome data = run(*folder_, {"inspect", "images", "--json"});
  ASSERT_EQ(data.code, 0) << data.err;
  EXPECT_EQ(data.json()["source"], "idx");
  EXPECT_EQ(data.json()["train"]["images"], 120);
  EXPECT_EQ(data.json()["test"]["classes"][2]["images"], 10);
  EXPECT_THAT(run(*folder_, {"inspect", "images"}).out, HasSubstr("120 images of 1x8x8"));
}

TEST_F(TrainedModel, InspectsThePlan) {
  const std::vector<std::string> words{"inspect", "first",   "--plan", "--data",    "idx", "--path",
                                       "images",  "--batch", "5",      "--threads", "2"};
  auto as_json = words;
  as_json.push_back("--json");
  const Outcome outcome = run(*folder_, as_json);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json plan = outcome.json();
  EXPECT_EQ(plan["batch"], 5);
  EXPECT_EQ(plan["threads"], 2);
  EXPECT_GT(plan["update_seconds"], 0);
  double seconds = 0;
  std::int64_t nominal = 0;
  for (const json& step : plan["steps"]) {
    EXPECT_GE(step["nominal_flops"], step["done_flops"]) << step["name"];
    EXPECT_GT(step["bytes"], 0) << step["name"];
    seconds += step["seconds"].get<double>();
    nominal += step["nominal_flops"].get<std::int64_t>();
  }
  EXPECT_GT(nominal, 0);
  EXPECT_GT(seconds, 0);
  EXPECT_THAT(run(*folder_, words).out, HasSubstr("nominal arithmetic at"));

  as_json.push_back("--inference");
  const json inference = run(*folder_, as_json).json();
  EXPECT_LT(inference["steps"].size(), plan["steps"].size());

  const Outcome other =
      run(*folder_, {"inspect", "article-cnn", "--plan", "--data", "idx", "--path", "images"});
  EXPECT_EQ(other.code, 2) << "8x8 is too small for it";
  EXPECT_EQ(run(*folder_, {"inspect", "first", "--batch", "5"}).code, 2);
  EXPECT_EQ(
      run(*folder_, {"inspect", "nothing", "--plan", "--data", "idx", "--path", "images"}).code, 3);
}

}  // namespace
}  // namespace ridgeline::cli
