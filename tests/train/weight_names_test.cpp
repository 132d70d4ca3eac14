// Weights from files with the names of torchvision and timm.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <sstream>

#include "interop/safetensors.hpp"
#include "support/formula.hpp"
#include "support/narrowed.hpp"
#include "train/support.hpp"

namespace ridgeline {
namespace {

using test::Folder;
using test::message_of;
using testing::HasSubstr;
using testing::IsEmpty;

struct Tensor {
  std::string name;
  Shape shape;
};

// The tensors of torchvision's model, in the order of its layers.
std::vector<Tensor> torchvision_tensors(const std::string& model) {
  std::ifstream file(std::string(RIDGELINE_TEST_DATA) + "/torchvision_names.txt");
  std::vector<Tensor> tensors;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string of, name;
    words >> of >> name;
    std::vector<std::int64_t> dims;
    for (std::int64_t d = 0; words >> d;) dims.push_back(d);
    if (of == model) tensors.push_back({name, Shape(dims)});
  }
  return tensors;
}

using Rename = std::function<std::string(const std::string&)>;

// All numbers of tensor k are k, so that its place is known. A variance is above 0.
void write_file(const std::filesystem::path& path, const std::vector<Tensor>& tensors,
                const Rename& rename = {}) {
  interop::SafetensorsWriter writer;
  std::vector<std::vector<float>> values;
  values.reserve(tensors.size());
  for (std::size_t k = 0; k < tensors.size(); ++k) {
    const auto& [name, shape] = tensors[k];
    const std::vector<float>& of =
        values.emplace_back(static_cast<std::size_t>(shape.elements()), static_cast<float>(k));
    writer.add(rename ? rename(name) : name, shape, of);
  }
  const std::vector<std::int64_t> count = {7};
  writer.add(rename ? rename("bn1.num_batches_tracked") : "bn1.num_batches_tracked", {1}, count);
  writer.write(path);
}

Model model_of(const std::string& name, std::int64_t classes, std::int64_t channels = 3) {
  return Model(test::golden_preset(name, classes),
               {.input = {channels, 32, 32}, .threads = 1, .shards = 1});
}

// Each parameter has the tensor of its place: torchvision's order is ours.
void expect_in_order(const Model& model, const std::string& head_from = "") {
  const auto& parameters = model.layout().parameters;
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    if (!head_from.empty() && parameters[k].name.starts_with(head_from)) continue;
    const std::vector<float> weights = model.weights(parameters[k].name);
    ASSERT_EQ(weights.front(), static_cast<float>(k)) << parameters[k].name;
    ASSERT_EQ(weights.back(), static_cast<float>(k)) << parameters[k].name;
  }
}

class WeightNames : public testing::Test {
 protected:
  const Folder folder_;
  const std::filesystem::path file_ = folder_ / "weights.safetensors";
};

TEST_F(WeightNames, OfTorchvisionGoToTheirLayers) {
  for (const std::string name : {"resnet18", "resnet50", "mobilenet-v2", "vgg11", "vgg19-bn"}) {
    SCOPED_TRACE(name);
    const auto tensors = torchvision_tensors(name);
    for (const std::string prefix : {"", "module."}) {
      if (!prefix.empty() && (name == "resnet50" || name == "vgg19-bn")) continue;  // 90 MB
      write_file(file_, tensors, [&](const std::string& n) { return prefix + n; });
      Model model = model_of(name, 10);
      const LoadedWeights loaded = model.load_weights(file_);
      EXPECT_EQ(loaded.taken.size(), tensors.size());
      EXPECT_THAT(loaded.left, IsEmpty());
      EXPECT_EQ(loaded.naming, name == "mobilenet-v2"    ? "torchvision's MobileNetV2 names"
                               : name.starts_with("vgg") ? "torchvision's VGG names"
                                                         : "torchvision's ResNet names");
      expect_in_order(model);
    }
  }
}

TEST_F(WeightNames, OfTimmsMobileNet) {
  // timm's name of a layer from torchvision's: https://github.com/huggingface/pytorch-image-models.
  const auto timm = [](const std::string& name) -> std::string {
    const std::string ending = name.substr(name.rfind('.'));
    int feature = 0;
    if (std::sscanf(name.c_str(), "features.%d", &feature) != 1) return "classifier" + ending;
    const bool norm = name.find("features." + std::to_string(feature) + ".1.") == 0;
    if (feature == 0) return (norm ? "bn1" : "conv_stem") + ending;
    if (feature == 18) return (norm ? "bn2" : "conv_head") + ending;
    constexpr int firsts[] = {1, 2, 4, 7, 11, 14, 17, 18};
    int stage = 0;
    while (feature >= firsts[stage + 1]) ++stage;
    const std::string block =
        "blocks." + std::to_string(stage) + "." + std::to_string(feature - firsts[stage]) + ".";
    int a = 0, b = -1;
    const bool nested = std::sscanf(name.c_str(), "features.%*d.conv.%d.%d.", &a, &b) == 2;
    const int convs = feature == 1 ? 2 : 3;
    const int index = nested ? a : convs - 1;
    const bool is_norm = nested ? b == 1 : a == convs;
    if (is_norm) return block + "bn" + std::to_string(index + 1) + ending;
    if (feature == 1) return block + (index == 0 ? "conv_dw" : "conv_pw") + ending;
    return block + (index == 0 ? "conv_pw" : index == 1 ? "conv_dw" : "conv_pwl") + ending;
  };
  write_file(file_, torchvision_tensors("mobilenet-v2"), timm);
  Model model = model_of("mobilenet-v2", 10);
  const LoadedWeights loaded = model.load_weights(file_);
  EXPECT_EQ(loaded.naming, "timm's MobileNetV2 names");
  EXPECT_THAT(loaded.left, IsEmpty());
  expect_in_order(model);
}

TEST_F(WeightNames, OfVggWithAndWithoutNormalisationsAreToldApart) {
  write_file(file_, torchvision_tensors("vgg13-bn"));
  const std::string message =
      message_of<DataError>([&] { model_of("vgg16", 10).load_weights(file_); });
  EXPECT_THAT(message, HasSubstr("has torchvision's VGG names, with 10 convolutions, and the "
                                 "network has 13: set model.preset"));
}

TEST_F(WeightNames, OfVgg) {
  const std::vector<Tensor> tensors = {
      {"features.0.weight", {4, 3, 3, 3}},  {"features.0.bias", {4}},
      {"features.3.weight", {8, 4, 3, 3}},  {"features.3.bias", {8}},
      {"features.10.weight", {8, 8, 3, 3}}, {"features.10.bias", {8}},
      {"classifier.0.weight", {16, 128}},   {"classifier.0.bias", {16}},
      {"classifier.3.weight", {5, 16}},     {"classifier.3.bias", {5}}};
  write_file(file_, tensors);
  const auto conv = [](std::int64_t filters) {
    return conv2d({.filters = filters, .padding = Padding::same(), .activation = "relu"});
  };
  Model model(Network{conv(4), max_pool2d(), conv(8), conv(8), max_pool2d(), flatten(),
                      dense({.units = 16}), dense({.units = 5, .activation = "softmax"})},
              {.input = {3, 16, 16}});
  EXPECT_EQ(model.load_weights(file_).naming, "torchvision's VGG names");
  expect_in_order(model);
}

TEST_F(WeightNames, LeaveAHeadOfOtherClassesAndSaySo) {
  write_file(file_, torchvision_tensors("resnet18"));
  Model fresh = model_of("resnet18", 3), model = model_of("resnet18", 3);
  const LoadedWeights loaded = model.load_weights(file_);
  EXPECT_THAT(loaded.left, testing::ElementsAre(
                               "dense_1.kernel is 10x512 in the file (fc.weight) and 3x512 in the "
                               "network",
                               "dense_1.bias is 10 in the file (fc.bias) and 3 in the network"));
  EXPECT_EQ(model.weights("dense_1.kernel"), fresh.weights("dense_1.kernel"));
  expect_in_order(model, "dense_1.");
}

TEST_F(WeightNames, RefuseAnotherNetworkByBothNames) {
  write_file(file_, torchvision_tensors("resnet18"));
  Model deeper = model_of("resnet34", 10);
  const std::vector<float> before = deeper.weights("conv2d_1.kernel");
  EXPECT_EQ(message_of<DataError>([&] { deeper.load_weights(file_); }),
            file_.string() +
                ": has torchvision's ResNet names, with 20 convolutions, and the network has 36: "
                "set model.preset to the network that the file was made for");
  EXPECT_EQ(deeper.weights("conv2d_1.kernel"), before);
  Model grey = model_of("resnet18", 10, 1);
  EXPECT_EQ(message_of<DataError>([&] { grey.load_weights(file_); }),
            file_.string() +
                ": conv1.weight is 64x3x7x7, and conv2d_1.kernel of the network, to which it "
                "belongs, is 64x1x7x7: only the last dense layer may have another shape");
  EXPECT_THAT(message_of<DataError>([&] { model_of("resnet18-small", 10).load_weights(file_); }),
              HasSubstr("conv1.weight is 64x3x7x7, and conv2d_1.kernel of the network, to which it "
                        "belongs, is 64x3x3x3"));
}

TEST_F(WeightNames, SayWhichTensorIsMissingOrOfAnotherType) {
  auto tensors = torchvision_tensors("resnet18");
  std::erase_if(tensors, [](const Tensor& t) { return t.name == "layer3.0.bn2.bias"; });
  write_file(file_, tensors);
  const LoadedWeights loaded = model_of("resnet18", 10).load_weights(file_);
  EXPECT_THAT(loaded.left, testing::ElementsAre("batch_norm2d_12.beta is not in the file"));

  interop::SafetensorsWriter writer;
  const std::vector<double> wide(64 * 3 * 7 * 7);
  writer.add("conv1.weight", {64, 3, 7, 7}, wide);
  const std::vector<float> kernel(64 * 64 * 3 * 3);
  writer.add("layer1.0.conv1.weight", {64, 64, 3, 3}, kernel);
  writer.write(file_);
  Model two(Network{conv2d({.filters = 64, .kernel = 7}), conv2d({.filters = 64}),
                    global_average_pool2d(), activation("softmax")},
            {.input = {3, 32, 32}});
  EXPECT_EQ(message_of<DataError>([&] { two.load_weights(file_); }),
            file_.string() +
                ": conv1.weight is F64, and weights must be F32, F16 or BF16: convert the "
                "file with tensor.float() in Python");
}

TEST_F(WeightNames, RefuseFilesOfPyTorchWithAWayOut) {
  for (const std::string begin : {"PK\x03\x04", "\x80\x02", "\x80"}) {
    std::ofstream(file_, std::ios::binary) << begin << "archive/data.pkl";
    Model model = model_of("resnet20", 10);
    EXPECT_EQ(message_of<DataError>([&] { model.load_weights(file_); }),
              file_.string() +
                  ": is one of PyTorch's own files, which can hold code and are not read: convert "
                  "it to safetensors with the two lines of Python in docs/fine_tuning.md");
  }
}

// Their first byte, the lowest of the header's length, may be the first byte of a pickle.
TEST_F(WeightNames, DoNotTakeALengthForAPickle) {
  const std::vector<float> bias = {1, 2, 3, 4};
  for (std::size_t more = 0; more < 256; ++more) {
    interop::SafetensorsWriter writer;
    writer.metadata["padding"] = std::string(more, 'x');
    writer.add("conv2d_1.bias", {4}, bias);
    writer.write(file_);
    if (std::ifstream(file_, std::ios::binary).get() == 0x80) break;
  }
  ASSERT_EQ(std::ifstream(file_, std::ios::binary).get(), 0x80);
  Model model(
      Network{conv2d({.filters = 4}), flatten(), dense({.units = 3, .activation = "softmax"})},
      {.input = {1, 6, 6}, .threads = 1});
  model.load_weights(file_);
  EXPECT_EQ(model.weights("conv2d_1.bias"), bias);
}

}  // namespace
}  // namespace ridgeline
