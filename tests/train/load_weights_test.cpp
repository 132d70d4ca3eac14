// Trainings that begin with the weights of another one.
#include <gmock/gmock.h>

#include <fstream>

#include "interop/safetensors.hpp"
#include "train/support.hpp"

namespace ridgeline {
namespace {

using test::all_weights;
using test::Folder;
using test::message_of;
using test::pictures;
using test::rich_network;
using test::small_network;
using test::small_options;
using testing::ElementsAre;
using testing::IsEmpty;

// Like small_network(), but with another number of units at the end.
Network other_head(std::int64_t units) {
  return Network{conv2d({.filters = 4, .activation = "relu"}), max_pool2d(), flatten(),
                 dense({.units = units, .activation = "softmax"})};
}

class LoadWeights : public testing::Test {
 protected:
  LoadWeights() {
    ModelOptions options = small_options();
    options.seed = 9;
    Model trained(rich_network(), options);
    trained.fit(pictures(60), {.epochs = 2, .batch = 10});
    trained.save(file_);
    weights_ = all_weights(trained);
  }

  const Folder folder_;
  const std::filesystem::path file_ = folder_ / "trained.safetensors";
  std::vector<float> weights_;
};

TEST_F(LoadWeights, TakesEverythingWhereEverythingFits) {
  Model model(rich_network(), small_options());
  ASSERT_FALSE(test::same(all_weights(model), weights_));
  const LoadedWeights loaded = model.load_weights(file_);
  EXPECT_TRUE(test::same(all_weights(model), weights_));
  EXPECT_EQ(loaded.taken.size(), 8u);  // statistics too
  EXPECT_THAT(loaded.left, IsEmpty());

  ModelOptions options = small_options();
  options.weights = file_;
  EXPECT_TRUE(test::same(all_weights(Model(rich_network(), options)), weights_));
}

TEST_F(LoadWeights, LeavesWhatDoesNotFitAndSaysSo) {
  Model fresh(other_head(5), small_options()), model(other_head(5), small_options());
  const LoadedWeights loaded = model.load_weights(file_);
  EXPECT_THAT(loaded.taken, ElementsAre("conv2d_1.kernel", "conv2d_1.bias"));
  EXPECT_THAT(loaded.left, ElementsAre("dense_1.kernel is 3x64 in the file and 5x16 in the network",
                                       "dense_1.bias is 3 in the file and 5 in the network",
                                       "batch_norm2d_1.beta is not in the network",
                                       "batch_norm2d_1.gamma is not in the network",
                                       "batch_norm2d_1.moving_mean is not in the network",
                                       "batch_norm2d_1.moving_variance is not in the network"));
  const Model trained = Model::load(file_);
  EXPECT_EQ(model.weights("conv2d_1.kernel"), trained.weights("conv2d_1.kernel"));
  EXPECT_EQ(model.weights("dense_1.kernel"), fresh.weights("dense_1.kernel"));
}

TEST_F(LoadWeights, ReadsFilesOfOthers) {
  const std::vector<float> bias = {1, 2, 3, 4};
  const std::vector<double> wide(36);
  interop::SafetensorsWriter writer;
  writer.add("conv2d_1.bias", {4}, bias);
  writer.add("conv2d_1.kernel", {4, 1, 3, 3}, wide);
  writer.write(folder_ / "other");
  Model model(small_network(), small_options());
  const LoadedWeights loaded = model.load_weights(folder_ / "other");
  EXPECT_THAT(loaded.taken, ElementsAre("conv2d_1.bias"));
  EXPECT_THAT(loaded.left,
              ElementsAre("conv2d_1.kernel is F64 in the file, not F32, F16 or BF16",
                          "dense_1.kernel is not in the file", "dense_1.bias is not in the file"));
  EXPECT_EQ(model.weights("conv2d_1.bias"), bias);
}

// Half-precision weights, as another program writes them.
TEST_F(LoadWeights, TakesNumbersOf16Bits) {
  const std::string header =
      R"({"conv2d_1.bias": {"dtype": "F16", "shape": [4], "data_offsets": [0, 8]}, )"
      R"("dense_1.bias": {"dtype": "BF16", "shape": [3], "data_offsets": [8, 14]}})";
  const std::uint64_t length = header.size();
  // 1, -2, 0.5 and the least number above 0; 1, -2 and 0.5.
  const std::vector<std::uint16_t> numbers = {0x3C00, 0xC000, 0x3800, 0x0001,
                                              0x3F80, 0xC000, 0x3F00};
  std::ofstream file(folder_ / "halves", std::ios::binary);
  file.write(reinterpret_cast<const char*>(&length), 8);
  file << header;
  file.write(reinterpret_cast<const char*>(numbers.data()), 14);
  file.close();
  Model model(small_network(), small_options());
  EXPECT_THAT(model.load_weights(folder_ / "halves").taken,
              ElementsAre("conv2d_1.bias", "dense_1.bias"));
  EXPECT_EQ(model.weights("conv2d_1.bias"), (std::vector<float>{1, -2, 0.5F, 0x1p-24F}));
  EXPECT_EQ(model.weights("dense_1.bias"), (std::vector<float>{1, -2, 0.5F}));
}

TEST_F(LoadWeights, RefusesAFileOfWhichNothingFits) {
  Model model(Network{flatten(), dense({.units = 5, .activation = "softmax"})}, small_options());
  const auto before = all_weights(model);
  EXPECT_EQ(message_of<DataError>([&] { model.load_weights(file_); }),
            file_.string() +
                ": none of its 8 tensors has the name and shape of a parameter of the network, "
                "which has dense_1.kernel of 5x36 and the like");
  EXPECT_TRUE(test::same(all_weights(model), before));
  ModelOptions options = small_options();
  options.weights = folder_ / "nothing";
  EXPECT_THROW(Model(small_network(), options), DataError);
}

// The convolution does not change, and a new last layer learns.
TEST_F(LoadWeights, FrozenOnesStayAsTheFileHasThem) {
  ModelOptions options = small_options();
  options.weights = file_;
  options.frozen = {"conv2d_1.*"};
  Model model(small_network(), options), fresh(small_network(), small_options());
  model.fit(pictures(60), {.epochs = 1, .batch = 10});
  const Model trained = Model::load(file_);
  EXPECT_EQ(model.weights("conv2d_1.kernel"), trained.weights("conv2d_1.kernel"));
  EXPECT_NE(model.weights("dense_1.kernel"), fresh.weights("dense_1.kernel"));
}

TEST_F(LoadWeights, BelongToWhatARunIsResumedWith) {
  ModelOptions options = small_options();
  options.weights = folder_ / "moved";
  std::filesystem::copy_file(file_, options.weights);
  FitOptions fit{.epochs = 1, .batch = 10, .run = folder_ / "run"};
  Model(small_network(), options).fit(pictures(60), fit);
  fit.epochs = 2;
  fit.resume = true;
  const auto resume = [&](const ModelOptions& with) {
    Model model(small_network(), with);
    return model.fit(pictures(60), fit).epochs.size();
  };
  EXPECT_THAT(message_of<UsageError>([&] { resume(small_options()); }),
              testing::HasSubstr("another setting of 'model.weights'"));
  Model changed(small_network(), small_options());
  changed.save(folder_ / "changed");
  ModelOptions others = options;
  others.weights = folder_ / "changed";
  EXPECT_THAT(message_of<UsageError>([&] { resume(others); }),
              testing::HasSubstr("was made with model.weights = "));
  ModelOptions same = options;
  same.weights = file_;
  EXPECT_EQ(resume(same), 2u);
}

}  // namespace
}  // namespace ridgeline
