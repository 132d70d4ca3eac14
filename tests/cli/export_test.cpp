// export: a model file without zero filters.
#include <gmock/gmock.h>

#include "cli/trained_model.hpp"
#include "ridgeline/model.hpp"

namespace ridgeline::cli {
namespace {

using nlohmann::json;
using test::Outcome;
using test::run;
using testing::HasSubstr;
using testing::Not;

class Export : public TrainedModel {
 protected:
  /// The trained mlp, with zeros in `units` units of its first layer and in one of its last.
  static void write_zeros(const std::string& name, std::size_t units) {
    Model model = Model::load(*folder_ / "first/model.safetensors", 1);
    for (const auto& [layer, count] : {std::pair("dense_1.kernel", units), {"dense_3.kernel", 1}}) {
      auto kernel = model.weights(layer);
      const std::size_t width =
          kernel.size() / model.weights(layer[6] == '1' ? "dense_1.bias" : "dense_3.bias").size();
      std::fill_n(kernel.begin(), count * width, 0.0f);
      model.set_weights(layer, kernel);
    }
    model.save(*folder_ / name);
  }
  static json evaluated(const std::string& model) {
    const Outcome outcome =
        run(*folder_, {"evaluate", model, "--data", "idx", "--path", "images", "--json"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome.json();
  }
};

TEST_F(Export, DropsWhatIsZeroAndSaysWhatStays) {
  write_zeros("zeros.safetensors", 500);
  const Outcome outcome =
      run(*folder_, {"export", "zeros.safetensors", "--to", "safetensors", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json result = outcome.json();
  EXPECT_EQ(result["output"], "zeros-export.safetensors");
  EXPECT_EQ(result["layers"][0]["name"], "dense_1");
  EXPECT_EQ(result["layers"][0]["filters"], json::parse(R"({"before": 512, "after": 12})"));
  EXPECT_EQ(result["layers"][1]["parameters"], json::parse(R"({"before": 131328, "after": 3328})"));
  EXPECT_EQ(result["layers"][1]["flops"], json::parse(R"({"before": 262144, "after": 6144})"));
  EXPECT_EQ(result["staying"],
            json::parse(R"([{"layer": "dense_3", "filters": 1, "why": "part of the output"}])"));
  const json before = evaluated("zeros.safetensors");
  const json after = evaluated("zeros-export.safetensors");
  EXPECT_NEAR(before["data_loss"], after["data_loss"], 1e-5);
  EXPECT_EQ(before["accuracy"], after["accuracy"]);

  const Outcome table = run(*folder_, {"export", "zeros.safetensors", "--to", "safetensors",
                                       "--output", "small.safetensors"});
  ASSERT_EQ(table.code, 0) << table.err;
  EXPECT_THAT(table.out, HasSubstr("131,328"));
  EXPECT_THAT(table.out, HasSubstr("1 filter of dense_3 stays, though zero: part of the output"));
  EXPECT_THAT(table.out, HasSubstr("small.safetensors"));
  EXPECT_EQ(test::read_bytes(*folder_ / "small.safetensors"),
            test::read_bytes(*folder_ / "zeros-export.safetensors"));
}

TEST_F(Export, KeepsTheZerosWhereItIsTold) {
  write_zeros("kept.safetensors", 7);
  const Outcome outcome = run(*folder_, {"export", "kept.safetensors", "--to", "safetensors",
                                         "--keep-zeros", "--output", "same.safetensors"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(test::read_bytes(*folder_ / "kept.safetensors"),
            test::read_bytes(*folder_ / "same.safetensors"));
}

TEST_F(Export, TakesARunsFolder) {
  const Outcome outcome = run(*folder_, {"export", "first", "--to", "safetensors"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(std::filesystem::exists(*folder_ / "first/model-export.safetensors"));
}

TEST_F(Export, RefusesWhatItCannotWrite) {
  const auto refusal = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"export", "first"});
    const Outcome outcome = run(*folder_, words);
    EXPECT_EQ(outcome.code, 2);
    return outcome.err;
  };
  EXPECT_THAT(refusal({}), HasSubstr("export needs a form: --to safetensors"));
  EXPECT_THAT(refusal({"--to", "onnx"}), HasSubstr("--to onnx is not supported yet"));
  EXPECT_THAT(refusal({"--to", "keras"}), HasSubstr("--to must be safetensors, not \"keras\""));
  EXPECT_THAT(refusal({"--to", "safetensors", "--output", "first"}), HasSubstr("is a folder"));
  EXPECT_THAT(refusal({"--to", "safetensors", "--output", "first/../first/model.safetensors"}),
              HasSubstr("is the model itself"));
  EXPECT_EQ(run(*folder_, {"export", "images", "--to", "safetensors"}).code, 3);
}

}  // namespace
}  // namespace ridgeline::cli
