#include "experiment/build.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "ridgeline/error.hpp"

namespace ridgeline::experiment {
namespace {

/// The images of a split or folder that data.validation or data.test names.
Dataset named_images(const Experiment& experiment, const TrainTest& sets, const std::string& name,
                     bool test) {
  if (name == "test") return sets.test;
  const TrainTest other = load(experiment.data.source, name);
  return (test && !other.test.empty()) || other.train.empty() ? other.test : other.train;
}

/// `count` of the images, the same ones for every seed, so that runs can be compared.
Dataset limited(const Dataset& data, std::size_t count) {
  if (count == 0 || count >= data.size()) return data;
  const double share = static_cast<double>(count) / static_cast<double>(data.size());
  return stratified_split(data, share, 0).validation;
}

/// `network` after a layer with the mean and deviation that torchvision's weights expect.
Network normalized(const Network& network) {
  std::vector<Node> nodes = {
      {.name = {},
       .layer = normalize({.mean = {0.485, 0.456, 0.406}, .std = {0.229, 0.224, 0.225}}),
       .inputs = {Node::image}}};
  for (Node node : network.nodes()) {
    for (int& input : node.inputs) ++input;  // the image, which is -1, becomes the first node
    nodes.push_back(std::move(node));
  }
  return Network(std::move(nodes));
}

int to_int(std::int64_t value) {
  return static_cast<int>(value);
}

}  // namespace

Images load_images(const Experiment& experiment) {
  const DataSection& data = experiment.data;
  const TrainTest sets = load(data.source, data.path);
  Images images{.train = limited(sets.train, static_cast<std::size_t>(data.limit)),
                .validation = {},
                .test = sets.test};
  if (data.test == "none") {
    images.test = {};
  } else if (!data.test.empty()) {
    images.test = named_images(experiment, sets, data.test, true);
  }
  if (const auto* name = std::get_if<std::string>(&data.validation)) {
    images.validation = named_images(experiment, sets, *name, false);
    // A set that epochs are chosen by says nothing new about the chosen one.
    if (*name == "test" && (data.test.empty() || data.test == "test")) images.test = {};
  }
  return images;
}

Network build_network(const Experiment& experiment, std::int64_t classes) {
  const ModelSection& model = experiment.model;
  if (!model.layers.empty()) return model.layers;
  Network network = preset(model.preset, classes);
  return model.normalize == "imagenet" ? normalized(network) : network;
}

void balance_class_weights(Experiment& experiment, const Dataset& train) {
  ClassWeights& weights = experiment.loss.class_weights;
  if (!weights.balanced) return;
  if (!train.has_classes()) {
    throw UsageError("loss.class_weights = \"balanced\" needs training images with classes");
  }
  std::vector<double> counts(static_cast<std::size_t>(train.classes()));
  for (std::size_t i = 0; i < train.size(); ++i) {
    ++counts[static_cast<std::size_t>(train.label(i))];
  }
  weights = {};
  for (std::size_t c = 0; c < counts.size(); ++c) {
    if (counts[c] == 0) {
      throw DataError(fmt::format(
          "loss.class_weights = \"balanced\" needs training images of every class, and '{}' has "
          "none: give one number a class instead",
          c < train.names().size() ? train.names()[c] : std::to_string(c)));
    }
    weights.numbers.push_back(static_cast<double>(train.size()) /
                              (static_cast<double>(counts.size()) * counts[c]));
  }
}

LossPtr build_loss(const Experiment& experiment) {
  const LossSection& loss = experiment.loss;
  Attributes attributes;
  if (loss.label_smoothing != 0) attributes.set("label_smoothing", loss.label_smoothing);
  const std::vector<double>& weights = loss.class_weights.numbers;
  if (!weights.empty()) attributes.set("class_weights", weights);
  return make_loss(loss.kind, attributes);
}

ModelOptions model_options(const Experiment& experiment, const Dataset& train) {
  return {.input = train.image_shape(),
          .loss = build_loss(experiment),
          .optimizer = build_optimizer(experiment),
          .regularize = experiment.regularize,
          .seed = static_cast<std::uint64_t>(experiment.train.seed),
          .threads = to_int(experiment.train.threads),
          .shards = to_int(experiment.train.shards),
          .precision = *precision_named(experiment.train.precision),
          .winograd = experiment.train.winograd,
          .kernels = experiment.train.kernels,
          .autotune = experiment.train.autotune,
          .class_names = train.names(),
          .frozen = experiment.model.frozen,
          .rate_rules = experiment.optimizer.rules,
          .weights = experiment.model.weights};
}

FitOptions fit_options(const Experiment& experiment, const Images& images) {
  const auto* fraction = std::get_if<double>(&experiment.data.validation);
  return {.epochs = to_int(experiment.train.epochs),
          .batch = experiment.train.batch,
          .accumulate = experiment.train.accumulate,
          .validation = fraction ? *fraction : 0,
          .validation_data = images.validation,
          .augment = experiment.data.augment,
          .monitor = experiment.train.monitor,
          .patience = to_int(experiment.train.patience),
          .unfreeze_at = to_int(experiment.train.unfreeze_at),
          .average = experiment.train.average,
          .average_decay = experiment.train.average_decay,
          .average_from = experiment.train.average_from,
          .log_every = experiment.train.log_every};
}

SelectOptions select_options(const Experiment& experiment) {
  const SelectSection& section = experiment.select;
  const auto* fraction = std::get_if<double>(&experiment.data.validation);
  if (section.folds == 1 && !(fraction && *fraction > 0)) {
    throw UsageError(
        "select.folds = 1 holds out data.validation of the training images, which must then be a "
        "fraction above 0");
  }
  return {.over = section.over,
          .metric = section.metric,
          .method = section.method,
          .trials = to_int(section.trials),
          .folds = to_int(section.folds),
          .holdout = fraction ? *fraction : 0,
          .rule = section.rule,
          .jobs = to_int(section.jobs)};
}

interop::NewFolder new_folder(const std::string& pattern) {
  constexpr std::string_view placeholder = "{time}";
  const std::string now = fmt::format("{:%Y%m%d-%H%M%S}", fmt::localtime(std::time(nullptr)));
  std::string name = pattern;
  for (std::size_t at = 0; (at = name.find(placeholder, at)) != std::string::npos;) {
    name.replace(at, placeholder.size(), now);
  }
  if (name == pattern) return interop::NewFolder(pattern);
  for (int i = 1;; ++i) {
    interop::NewFolder folder(i == 1 ? name : fmt::format("{}-{}", name, i));
    if (folder.made()) return folder;
  }
}

}  // namespace ridgeline::experiment
