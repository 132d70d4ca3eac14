#include "train/tune.hpp"

#include <cstdlib>
#include <fstream>

#include "train/support.hpp"

namespace ridgeline {
namespace {

using test::Folder;
using test::message_of;
using test::small_network;
using test::small_options;

/// A cache of its own while it lives.
class Tune : public testing::Test {
 protected:
  Tune() { setenv("XDG_CACHE_HOME", folder_.path().c_str(), 1); }
  ~Tune() override { unsetenv("XDG_CACHE_HOME"); }

  std::string cached() const {
    std::ifstream file(train::tuning_cache());
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static std::vector<std::string> tuned() {
    ModelOptions options = small_options();
    options.autotune = true;
    return Model(small_network(), options).options().compute.kernels;
  }

  const Folder folder_;
};

TEST_F(Tune, EveryConvolutionThatLeavesAChoiceHasOne) {
  const auto kernels = tuned();
  ASSERT_EQ(kernels.size(), 1U);
  EXPECT_TRUE(kernels[0].starts_with("conv2d_1=")) << kernels[0];
}

TEST_F(Tune, MeasuresOnlyWhenAllSettingsAreRight) {
  ModelOptions options = small_options();
  options.autotune = true;
  options.frozen = {"nowhere"};
  EXPECT_THROW(Model(small_network(), options), UsageError);
  EXPECT_FALSE(std::filesystem::exists(train::tuning_cache()));
}

TEST_F(Tune, WhatWasMeasuredHoldsForLaterModels) {
  const std::string measured = tuned()[0].substr(9);
  std::string all = cached();
  const std::string other = measured == "onednn" ? "direct" : "onednn";
  const auto at = all.find("\"" + measured + "\"");
  ASSERT_NE(at, std::string::npos) << all;
  all.replace(at + 1, measured.size(), other);
  std::ofstream(train::tuning_cache()) << all;
  EXPECT_EQ(tuned(), std::vector<std::string>{"conv2d_1=" + other});
}

TEST_F(Tune, ACacheThatCannotBeReadIsDoneWithout) {
  std::filesystem::create_directories(train::tuning_cache().parent_path());
  for (const char* text : {"", "{", "[1, 2]", "{\"0.1\": 3}"}) {
    std::ofstream(train::tuning_cache()) << text;
    EXPECT_EQ(tuned().size(), 1U) << text;
  }
  EXPECT_NE(cached().find("conv2d"), std::string::npos) << "it is written again";
}

TEST_F(Tune, ACacheThatCannotBeWrittenIsDoneWithout) {
  setenv("XDG_CACHE_HOME", "/dev/null", 1);
  EXPECT_EQ(tuned().size(), 1U);
}

TEST(Kernels, AreGivenSavedAndRefused) {
  const Dataset data = test::pictures(48);
  const auto trained = [&](std::vector<std::string> kernels) {
    ModelOptions options = small_options();
    options.compute.kernels = std::move(kernels);
    Model model(small_network(), options);
    model.fit(data, {.epochs = 1, .batch = 16});
    return model;
  };
  const Model ours = trained({"conv2d_1=direct"}), dense = trained({"conv2d_1=onednn"});
  EXPECT_TRUE(test::same(test::all_weights(ours), test::all_weights(trained({}))))
      << "the table's choice";
  EXPECT_FALSE(test::same(test::all_weights(ours), test::all_weights(dense)));

  const Folder folder;
  dense.save(folder.path() / "model.safetensors");
  EXPECT_EQ(Model::load(folder.path() / "model.safetensors").options().compute.kernels,
            std::vector<std::string>{"conv2d_1=onednn"});

  const auto error = [&](const char* kernel) {
    return message_of<UsageError>([&] { trained({kernel}); });
  };
  EXPECT_EQ(error("conv2d_1"),
            "train.kernels has LAYER=onednn, LAYER=direct or LAYER=winograd, not 'conv2d_1'");
  EXPECT_EQ(error("conv2d_1=fast"),
            "train.kernels has LAYER=onednn, LAYER=direct or LAYER=winograd, not 'conv2d_1=fast'");
  EXPECT_EQ(error("dense_1=direct"), "train.kernels names 'dense_1', which is not a convolution");
  ModelOptions options = small_options();
  options.compute.winograd = false;
  options.compute.kernels = {"conv2d_1=winograd"};
  EXPECT_EQ(message_of<UsageError>([&] { Model(small_network(), options); }),
            "train.kernels: conv2d_1 cannot be computed by winograd, only by direct or onednn");
}

}  // namespace
}  // namespace ridgeline
