// Tests that the figures of the benchmark fit together. No test can know how fast it is.
#include <gmock/gmock.h>

#include "cli/program.hpp"

namespace ridgeline::cli {
namespace {

using test::Folder;
using test::Outcome;
using test::run;
using testing::HasSubstr;

TEST(Bench, GivesEveryCombinationAsJson) {
  const Folder folder;
  test::write_images(folder, "images", 60, 0);
  const Outcome outcome =
      run(folder, {"bench", "--json", "--network", "mlp", "--batch", "4,8", "--threads", "2",
                   "--rounds", "2", "--seconds", "0.02", "--data", "idx", "--path", "images"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto json = outcome.json();
  EXPECT_FALSE(json["machine"].get<std::string>().empty());
  const double peak = json["peak_gflops"]["fp32"];
  EXPECT_GT(peak, 0);
  EXPECT_TRUE(json["peak_gflops"].contains("bf16"));
  EXPECT_EQ(json["data"], "idx");
  ASSERT_EQ(json["results"].size(), 2U);
  for (const auto& result : json["results"]) {
    EXPECT_EQ(result["network"], "mlp");
    EXPECT_EQ(result["mode"], "train");
    EXPECT_EQ(result["precision"], "fp32");
    EXPECT_EQ(result["rounds"].size(), 2U);
    const double speed = result["images_per_second"], share = result["share_of_peak"];
    EXPECT_GT(speed, 0);
    EXPECT_GT(share, 0);
    EXPECT_LT(share, 1);
    EXPECT_GT(result["live_units"].get<double>(), 0);
    EXPECT_LE(result["live_units"].get<double>(), 1);
  }
  const auto& last = json["results"][1];
  EXPECT_EQ(last["batch"], 8);
  EXPECT_EQ(last["threads"], 2);
  EXPECT_NEAR(last["share_of_peak"].get<double>(),
              last["images_per_second"].get<double>() * last["flops_per_image"].get<double>() /
                  (1e9 * peak),
              1e-6);
}

TEST(Bench, WithoutNamesLeavesOutTheLargeNetworks) {
  const Folder folder;
  const Outcome outcome = run(folder, {"bench", "--json", "--batch", "2", "--threads", "1",
                                       "--rounds", "1", "--seconds", "0.01"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  std::vector<std::string> networks;
  const auto json = outcome.json();
  for (const auto& result : json["results"]) networks.push_back(result["network"]);
  EXPECT_THAT(networks, testing::ElementsAre("article-cnn", "lenet5", "mlp", "mobilenet-v2",
                                             "resnet18", "resnet20", "vgg-small"));
  for (const std::string& network : networks) {
    EXPECT_THAT(run(folder, {"bench", "--help"}).out, HasSubstr(network));
  }
}

TEST(Bench, SaysWhatTheStatisticsCost) {
  const Folder folder;
  test::write_images(folder, "images", 60, 0);
  const std::vector<std::string> words{
      "bench", "--network", "mlp",  "--batch", "8",   "--threads", "1",      "--rounds",
      "3",     "--seconds", "0.01", "--data",  "idx", "--path",    "images", "--statistics"};
  auto with_json = words;
  with_json.push_back("--json");
  const Outcome outcome = run(folder, with_json);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto result = outcome.json()["results"][0];
  auto costs = result["statistics_costs"].get<std::vector<double>>();
  ASSERT_EQ(costs.size(), 3U);
  std::ranges::sort(costs);
  EXPECT_EQ(result["statistics_cost"], costs[1]);
  EXPECT_GT(costs[0], -1);
  EXPECT_THAT(run(folder, words).out, HasSubstr("statistics cost"));
}

TEST(Bench, PredictsWithTheNetworkOfAnExperiment) {
  const Folder folder;
  test::write_images(folder, "images", 60, 0);
  folder.write("mine.toml",
               "[model]\nlayers = [{ flatten = {} },\n"
               "  { dense = { units = 3, activation = \"softmax\" } }]\n");
  const Outcome outcome =
      run(folder, {"bench",         "--json",      "--network", "mine.toml", "--mode",
                   "train,predict", "--precision", "fp32,bf16", "--batch",   "4",
                   "--threads",     "1",           "--rounds",  "1",         "--seconds",
                   "0.02",          "--data",      "idx",       "--path",    "images"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto results = outcome.json()["results"];
  ASSERT_EQ(results.size(), 4U);
  EXPECT_EQ(results[2]["network"], "mine");
  EXPECT_EQ(results[2]["mode"], "predict");
  EXPECT_EQ(results[2]["precision"], "fp32");
  EXPECT_EQ(results[3]["precision"], "bf16");
  EXPECT_GT(results[3]["images_per_second"].get<double>(), 0);
  // A dense layer after the image: forward, and the gradient of its weights.
  EXPECT_EQ(results[0]["flops_per_image"].get<double>(),
            2 * results[2]["flops_per_image"].get<double>());
}

TEST(Bench, APathIsWhereTheImagesLie) {
  const Outcome outcome = run(Folder(), {"bench", "--path", "nowhere", "--seconds", "0.01"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("nowhere"));
}

TEST(Bench, RefusesNumbersAndNamesThatMakeNoSense) {
  const Folder folder;
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong{
      {{"--batch", "0"}, "--batch takes whole numbers of at least 1, not '0'"},
      {{"--batch", "32,"}, "--batch takes whole numbers of at least 1, not ''"},
      {{"--mode", "guess"}, "--mode takes train, predict or both, not 'guess'"},
      {{"--precision", "fp16"}, "--precision takes fp32, bf16 or both, not 'fp16'"},
      {{"--rounds", "some"}, "--rounds takes whole numbers of at least 1, not 'some'"},
      {{"--seconds", "nan"}, "--seconds takes numbers of at least 0.01, not 'nan'"},
      {{"--network", "article-cn"}, "article-cnn"}};
  for (const auto& [options, text] : wrong) {
    std::vector<std::string> words{"bench"};
    words.insert(words.end(), options.begin(), options.end());
    const Outcome outcome = run(folder, words);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.err, HasSubstr(text));
  }
}

}  // namespace
}  // namespace ridgeline::cli
