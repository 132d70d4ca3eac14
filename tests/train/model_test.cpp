#include <algorithm>

#include "interop/safetensors.hpp"
#include "train/support.hpp"

namespace ridgeline {
namespace {

using test::all_weights;
using test::Folder;
using test::message_of;
using test::pictures;
using test::small_model;
using test::small_network;
using test::small_options;

TEST(Model, NetworkLossAndOptionsMustFit) {
  const auto error = [](Network network, ModelOptions options) {
    return message_of<UsageError>([&] { Model(network, options); });
  };
  EXPECT_EQ(error({}, small_options()), "the network has no layers");
  ModelOptions options = small_options();
  options.regularize.l2 = -1;
  EXPECT_EQ(error(small_network(), options),
            "regularize.l2 must be a number that is not negative, not -1");
  options.regularize.l2 = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(error(small_network(), options),
            "regularize.l2 must be a number that is not negative, not nan");
  options = small_options();
  options.regularize.rules = {{.match = "dense_7*", .l2 = 1}};
  EXPECT_EQ(error(small_network(), options).substr(0, 54),
            "regularize.rule 'dense_7*' matches no parameter: there");
  options = small_options();
  options.frozen = {"conv9"};
  EXPECT_EQ(error(small_network(), options), "model.frozen: no parameter is named 'conv9'");
  options = small_options();
  options.class_names = {"a", "b"};
  EXPECT_EQ(
      error(small_network(), options),
      "there are 2 classes, but dense_1 gives 3 outputs: it must give 2, as dense with units = 2 "
      "does");
  options = small_options();
  options.loss = nullptr;
  EXPECT_EQ(error(small_network(), options), "the model needs a loss");
  options = small_options();
  options.optimizer.clip_norm = -1;
  EXPECT_EQ(error(small_network(), options),
            "optimizer.clip_norm must be a number that is not negative, not -1");
  options = test::small_options();
  options.optimizer.lookahead = {.interval = 5, .alpha = 0};
  EXPECT_EQ(message_of<UsageError>([&] { Model(test::small_network(), options); }),
            "optimizer.lookahead_alpha must be above 0 and at most 1, not 0");
  options = test::small_options();
  options.regularize.l1 = 1e-3;
  for (const auto& setting : {lion(), muon(), lbfgs(), rmsprop({.centered = true})}) {
    options.optimizer = setting;
    EXPECT_EQ(message_of<UsageError>([&] { Model(test::small_network(), options); }),
              "regularize.l1 needs an optimizer with a diagonal metric, which " +
                  std::string(setting.optimizer->kind()) +
                  " does not have with these settings: use sgd or adam");
  }
  Network linear{flatten(), dense({.units = 3})};
  EXPECT_NE(error(linear, small_options()).find("softmax"), std::string::npos);
}

TEST(Model, OptionsHaveThreadsAndShardsResolved) {
  ModelOptions options = small_options();
  options.threads = options.shards = 0;
  const Model model(small_network(), options);
  EXPECT_GE(model.options().threads, 1);
  EXPECT_EQ(model.options().shards, model.options().threads);
}

TEST(Model, WeightsByName) {
  Model model = small_model();
  const std::vector<float> bias = {1, 2, 3};
  model.set_weights("dense_1.bias", bias);
  EXPECT_EQ(model.weights("dense_1.bias"), bias);
  EXPECT_EQ(message_of<UsageError>([&] { model.weights("dense_1.bais"); }),
            "the network has no parameter 'dense_1.bais': did you mean 'dense_1.bias'?");
  EXPECT_EQ(message_of<UsageError>([&] { model.set_weights("dense_1.bias", {}); }),
            "dense_1.bias has 3 values, not 0");
}

TEST(Model, SetWeightsTakeEffectAtOnce) {
  Model model = small_model();
  const Dataset data = pictures(4);
  const auto before = model.predict(data);
  const std::vector<float> bias = {9, 0, 0};
  model.set_weights("dense_1.bias", bias);
  const auto after = model.predict(data);
  EXPECT_FALSE(test::same(before, after));
  EXPECT_GT(after[0], 0.99f);
}

TEST(Model, PredictsTheSameFromAnySourceAndInAnyGrouping) {
  Model model = small_model();
  model.fit(pictures(60), {.epochs = 2, .batch = 10});
  const test::Pictures p(200, 3);
  const Dataset data = pictures(200, 3);
  const auto all = model.predict(data);
  ASSERT_EQ(all.size(), 600u);
  for (std::size_t i = 0; i < 200; ++i) {
    EXPECT_NEAR(all[3 * i] + all[3 * i + 1] + all[3 * i + 2], 1, 1e-5);
  }
  EXPECT_TRUE(test::same(model.predict(p.pixels), all));
  const auto one = model.predict(std::span(p.pixels).first(36));
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(one[k], all[k], 1e-6);
}

TEST(Model, PredictsFromBytesInEitherLayout) {
  ModelOptions options = small_options();
  options.input = {3, 6, 6};
  Model model(small_network(), options);
  std::vector<std::uint8_t> planes(108), pixels(108);
  Random random(1, Purpose::test);
  for (auto& byte : planes) byte = static_cast<std::uint8_t>(random.bits());
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t k = 0; k < 36; ++k) pixels[3 * k + c] = planes[36 * c + k];
  }
  const auto probabilities = model.predict(pixels);
  EXPECT_TRUE(test::same(probabilities, model.predict(planes, ImageLayout::nchw)));
  std::vector<float> floats;
  for (const auto byte : planes) floats.push_back(static_cast<float>(byte) / 255);
  const auto from_floats = model.predict(floats);
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(from_floats[k], probabilities[k], 1e-6);
}

TEST(Model, WrongImages) {
  Model model = small_model();
  EXPECT_TRUE(model.predict(Dataset()).empty());
  EXPECT_TRUE(model.predict(std::span<const float>()).empty());
  EXPECT_THROW(model.predict(std::vector<float>(35)), DataError);
  EXPECT_EQ(message_of<UsageError>([&] {
              model.predict(from_memory(std::vector<float>(16), {1, 4, 4}, ImageLayout::nchw, {}));
            }),
            "the network takes images of 1x6x6, but the images are 1x4x4");
  EXPECT_EQ(message_of<UsageError>([&] { model.evaluate({}); }), "there are no images");
}

TEST(Model, TopClasses) {
  ModelOptions options = small_options();
  options.class_names = {"cat", "dog", "owl"};
  const Model model(small_network(), options);
  const std::vector<float> probabilities = {0.2f, 0.5f, 0.3f, 0.4f, 0.2f, 0.4f};
  const auto top = model.top(probabilities, 2);
  ASSERT_EQ(top.size(), 2u);
  ASSERT_EQ(top[0].size(), 2u);
  EXPECT_EQ(top[0][0].name, "dog");
  EXPECT_EQ(top[0][0].label, 1);
  EXPECT_FLOAT_EQ(static_cast<float>(top[0][0].probability), 0.5f);
  EXPECT_EQ(top[0][1].name, "owl");
  EXPECT_EQ(top[1][0].name, "cat");
  EXPECT_EQ(top[1][1].name, "owl");
  EXPECT_EQ(model.top(probabilities, 9)[0].size(), 3u);
  EXPECT_EQ(small_model().top(probabilities, 1)[0][0].name, "1");
  EXPECT_THROW(model.top(std::vector<float>(4), 1), UsageError);
  EXPECT_THROW(model.top(probabilities, 0), UsageError);
}

TEST(Evaluate, AgreesWithThePredictions) {
  Model model = small_model();
  model.fit(pictures(90), {.epochs = 3, .batch = 10});
  const Dataset data = pictures(301, 1, 2.0f);
  const Metrics metrics = model.evaluate(data);
  const auto probabilities = model.predict(data);
  double loss = 0, squares = 0;
  std::int64_t correct = 0;
  std::vector<std::vector<std::int64_t>> confusion(3, std::vector<std::int64_t>(3, 0));
  for (std::size_t i = 0; i < data.size(); ++i) {
    const auto* p = &probabilities[3 * i];
    const auto truth = static_cast<std::size_t>(data.label(i));
    const auto said = static_cast<std::size_t>(std::max_element(p, p + 3) - p);
    const double l = -std::log(static_cast<double>(p[truth]));
    loss += l;
    squares += l * l;
    correct += said == truth;
    ++confusion[truth][said];
  }
  const double n = static_cast<double>(data.size());
  const double mean = loss / n, accuracy = static_cast<double>(correct) / n;
  EXPECT_EQ(metrics.images, 301);
  EXPECT_NEAR(metrics.data_loss, mean, 1e-5);
  EXPECT_DOUBLE_EQ(metrics.value("accuracy"), accuracy);
  EXPECT_EQ(metrics.value("top5"), 1);
  EXPECT_EQ(metrics.confusion, confusion);
  EXPECT_NEAR(metrics.data_loss_error, std::sqrt((squares / n - mean * mean) / (n - 1)), 1e-5);
  EXPECT_NEAR(metrics.standard_error("accuracy"), std::sqrt(accuracy * (1 - accuracy) / (n - 1)),
              1e-12);
  EXPECT_GT(metrics.penalty, 0);
  EXPECT_EQ(metrics.objective, metrics.data_loss + metrics.penalty);
}

TEST(Evaluate, ClassWeightsDivideByTheirSum) {
  ModelOptions options = small_options();
  options.loss = cross_entropy({.class_weights = {1, 0, 5}});
  Model model(small_network(), options);
  const Dataset data = pictures(30);
  const auto probabilities = model.predict(data);
  const double weights[] = {1, 0, 5};
  double sum = 0, weight = 0;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const auto truth = static_cast<std::size_t>(data.label(i));
    sum -= weights[truth] * std::log(static_cast<double>(probabilities[3 * i + truth]));
    weight += weights[truth];
  }
  EXPECT_NEAR(model.evaluate(data).data_loss, sum / weight, 1e-5);
}

TEST(Evaluate, OneImageHasNoError) {
  Model model = small_model();
  const Metrics metrics = model.evaluate(pictures(1));
  EXPECT_EQ(metrics.data_loss_error, 0);
  EXPECT_EQ(metrics.standard_error("accuracy"), 0);
}

TEST(Evaluate, ValuesAsTargets) {
  const test::Pictures p(12);
  std::vector<float> soft;
  for (const auto label : p.labels) {
    for (int c = 0; c < test::classes; ++c) soft.push_back(c == label ? 1.0f : 0.0f);
  }
  const auto images = memory_images(p.pixels, {1, 6, 6}, ImageLayout::nchw);
  Model model = small_model();
  const TargetSchema schema{"classify", {"a", "b", "c"}};
  const Metrics soft_metrics = model.evaluate(Dataset(images, soft, schema));
  const Metrics metrics = model.evaluate(Dataset(images, p.labels, {"a", "b", "c"}));
  EXPECT_NEAR(soft_metrics.data_loss, metrics.data_loss, 1e-9);
  EXPECT_EQ(soft_metrics.confusion, metrics.confusion);
  EXPECT_THROW(model.evaluate(Dataset(images, soft, test::classes)), UsageError) << "numbers";
}

TEST(ModelFile, RoundTrip) {
  const Folder folder;
  ModelOptions options = small_options();
  options.loss = cross_entropy({.label_smoothing = 0.1});
  options.optimizer = sgd({.learning_rate = 0.1, .momentum = 0.5, .clip_norm = 3});
  options.regularize.rules = {{.match = "dense*", .l2_factor = 10}};
  options.frozen = {"conv2d_1.bias"};
  options.seed = std::numeric_limits<std::uint64_t>::max();
  options.compute.precision = Precision::bf16;
  options.compute.winograd = false;
  Model model(test::rich_network(), options);
  model.fit(pictures(60), {.epochs = 1, .batch = 10});
  model.save(folder / "m");
  Model loaded = Model::load(folder / "m", 2);
  EXPECT_TRUE(loaded.network() == model.network());
  EXPECT_TRUE(test::same(all_weights(loaded), all_weights(model)));
  EXPECT_TRUE(test::same(loaded.predict(pictures(20, 1)), model.predict(pictures(20, 1))));
  test::expect_same(loaded.evaluate(pictures(20, 1)), model.evaluate(pictures(20, 1)));
  EXPECT_EQ(loaded.options().class_names, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(loaded.options().seed, options.seed);
  EXPECT_EQ(loaded.options().compute.precision, Precision::bf16);
  EXPECT_FALSE(loaded.options().compute.winograd);
  EXPECT_EQ(loaded.options().optimizer.clip_norm, 3);
  EXPECT_EQ(loaded.options().loss->attributes(), model.options().loss->attributes());
  EXPECT_EQ(loaded.summary(), model.summary());
}

TEST(ModelFile, HoldsAnyOptimizer) {
  const Folder folder;
  for (const auto& setting :
       {nadam({.momentum_decay = 0.1}), radam({.beta2 = 0.9}),
        rmsprop({.rho = 0.5, .centered = true}), adagrad({.initial_accumulator = 1}),
        lamb({.epsilon = 1e-3}), lars({.trust = 0.1}), lion({.beta1 = 0.5}),
        muon({.nesterov = false, .newton_schulz = 3}), lbfgs({.history = 4}),
        lookahead(adam(), {.interval = 6, .alpha = 0.25})}) {
    SCOPED_TRACE(setting.optimizer->kind());
    ModelOptions options = test::small_options();
    options.optimizer = setting;
    Model(test::small_network(), options).save(folder / "model.safetensors");
    const OptimizerSetting again = Model::load(folder / "model.safetensors").options().optimizer;
    EXPECT_EQ(again.optimizer->kind(), setting.optimizer->kind());
    EXPECT_EQ(again.optimizer->attributes(), setting.optimizer->attributes());
    EXPECT_EQ(again.learning_rate, setting.learning_rate);
    EXPECT_EQ(again.full_batch, setting.full_batch);
    EXPECT_EQ(again.lookahead, setting.lookahead);
  }
}

TEST(ModelFile, HoldsPlainTensorsAndWhatTheyMean) {
  const Folder folder;
  Model model = small_model();
  model.save(folder / "m");
  const auto file = interop::Safetensors::read(folder / "m");
  EXPECT_EQ(file.tensors().size(), 4u);
  EXPECT_EQ(file.tensors().find("conv2d_1.kernel")->second.shape, Shape({4, 1, 3, 3}));
  EXPECT_EQ(file.tensors().find("dense_1.kernel")->second.shape, Shape({3, 16}));
  EXPECT_EQ(file.metadata("input"), "[1,6,6]");
  EXPECT_EQ(file.metadata("format_version"), "2");
  EXPECT_NE(file.metadata("penalties").find(R"("conv2d_1.kernel":{"l2":0.001)"), std::string::npos);
}

// A good file with one change.
std::string error_after(const std::string& key, const std::string& value,
                        const Model& model = small_model()) {
  const Folder folder;
  model.save(folder / "good");
  const auto good = interop::Safetensors::read(folder / "good");
  interop::SafetensorsWriter writer;
  writer.metadata = good.metadata();
  writer.metadata[key] = value;
  std::vector<std::vector<float>> values;
  values.reserve(good.tensors().size());
  for (const auto& [name, tensor] : good.tensors()) {
    values.emplace_back(static_cast<std::size_t>(tensor.shape.elements()));
    good.copy(name, values.back());
    writer.add(name, tensor.shape, values.back());
  }
  writer.write(folder / "m");
  const std::string prefix = (folder / "m").string() + ": ";
  const std::string message = message_of<DataError>([&] { Model::load(folder / "m"); });
  EXPECT_EQ(message.substr(0, prefix.size()), prefix);
  return message.substr(std::min(prefix.size(), message.size()));
}

TEST(ModelFile, AnotherVersionOrKind) {
  EXPECT_EQ(error_after("format_version", "1"),
            "written by ridgeline 0.1.0 in version 1 of the format ridgeline-model; this is "
            "ridgeline 0.1.0, which reads version 2");
  EXPECT_EQ(error_after("format", "pt"),
            "not a ridgeline-model file: its metadata give the format 'pt'");
}

TEST(ModelFile, WrongContent) {
  EXPECT_EQ(error_after("network", "[]"), "the network has no layers");
  EXPECT_EQ(error_after("network", "{"), "network: not JSON at character 2");
  EXPECT_EQ(error_after("seed", "-1"), "seed: '-1' is not a whole number");
  EXPECT_EQ(error_after("loss", R"({"kind":"hinge","attributes":{}})").substr(0, 29),
            "loss: there is no loss 'hinge");
  EXPECT_EQ(error_after("input", "[1,8,8]"), "dense_1.kernel is 3x16, but the network needs 3x36");
  // The sizes are compared before memory is taken.
  EXPECT_EQ(error_after("input", "[1,524290,65538]"),
            "dense_1.kernel is 3x16, but the network needs 3x34359738368");
  const Model any_size(Network{conv2d({.filters = 3}), global_average_pool2d(),
                               dense({.units = test::classes, .activation = "softmax"})},
                       small_options());
  EXPECT_EQ(error_after("input", "[1,4294967296,32]", any_size),
            "an image of 1x4294967296x32 has 137438953472 numbers, and 2147483648 is the most");
  EXPECT_EQ(
      error_after("class_names", R"(["a"])"),
      "there are 1 classes, but dense_1 gives 3 outputs: it must give 1, as dense with units = 1 "
      "does");
  EXPECT_EQ(
      error_after("network", R"([{"kind":"flatten","attributes":{},"inputs":["input"]},)"
                             R"({"name":"dense_1","kind":"dense","attributes":)"
                             R"({"units":3,"activation":"softmax"},"inputs":["flatten_1"]}])"),
      "dense_1.kernel is 3x16, but the network needs 3x36");
}

TEST(ModelFile, TruncatedOrMissing) {
  const Folder folder;
  small_model().save(folder / "m");
  auto bytes = test::read_bytes(folder / "m");
  bytes.resize(bytes.size() / 2);
  folder.write("m", bytes);
  EXPECT_THROW(Model::load(folder / "m"), DataError);
  EXPECT_THROW(Model::load(folder / "none"), DataError);
  EXPECT_THROW(small_model().save(folder / "none" / "m"), ResourceError);
}

TEST(Run, LeavesHistoryModelAndCheckpoint) {
  const Folder folder;
  Model model = small_model();
  const History history =
      model.fit(pictures(60), {.epochs = 3, .batch = 10, .validation = 0.2, .run = folder / "a/b"});
  const auto csv = test::read_bytes(folder / "a/b/history.csv");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 4);
  EXPECT_TRUE(std::filesystem::exists(folder / "a/b/checkpoint.safetensors"));
  Model loaded = Model::load(folder / "a/b/model.safetensors", 2);
  EXPECT_TRUE(test::same(all_weights(loaded), all_weights(model)));
  const auto files = std::distance(std::filesystem::directory_iterator(folder / "a/b"),
                                   std::filesystem::directory_iterator());
  EXPECT_EQ(files, 4);  // and diagnosis.csv
}

TEST(Run, InAPlaceThatIsTaken) {
  const Folder folder;
  folder.write("file", "text");
  Model model = small_model();
  EXPECT_EQ(message_of<ResourceError>([&] {
              model.fit(pictures(60), {.epochs = 1, .batch = 10, .run = folder / "file"});
            }),
            "the folder " + (folder / "file").string() + " cannot be made: Not a directory");
}

}  // namespace
}  // namespace ridgeline
