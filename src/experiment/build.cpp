#include "experiment/build.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "data/matched.hpp"
#include "experiment/check_metrics.hpp"
#include "experiment/fit_images.hpp"
#include "experiment/kinds.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/task.hpp"

namespace ridgeline::experiment {
namespace {

/// The images of a part or folder that data.validation or data.test names.
Dataset named_images(const Experiment& experiment, const DataParts& parts, const std::string& name,
                     bool test) {
  if (name == "test") return parts.test;
  if (name == "val" && !parts.validation.empty()) return parts.validation;
  const DataParts other = load_parts(experiment.data.source, name, experiment.data.options);
  return (test && !other.test.empty()) || other.train.empty() ? other.test : other.train;
}

/// Takes `count` of the images, the same ones for every seed, so that runs can be compared.
Dataset limited(const Dataset& data, std::size_t count) {
  if (count == 0 || count >= data.size()) return data;
  const double share = static_cast<double>(count) / static_cast<double>(data.size());
  return stratified_split(data, share, 0).validation;
}

/// The same network, but with this activation in the last layer.
Network ending_in(std::string_view activation, const Network& network) {
  std::vector<Node> nodes = network.nodes();
  const LayerSpec& last = nodes.back().layer.spec();
  if (last.activation() == activation) return network;
  Attributes attributes = last.attributes();
  attributes.set("activation", std::string(activation));
  nodes.back().layer = make_layer(last.kind(), attributes);
  return Network(std::move(nodes));
}

/// Puts a layer with the mean and deviation of torchvision's weights before `network`.
Network normalized(const Network& network) {
  std::vector<Node> nodes = {
      {.name = {},
       .layer = normalize({.mean = {0.485, 0.456, 0.406}, .std = {0.229, 0.224, 0.225}}),
       .inputs = {Node::image}}};
  for (Node node : network.nodes()) {
    for (int& input : node.inputs) ++input;  // the image (-1) becomes the first node
    nodes.push_back(std::move(node));
  }
  return Network(std::move(nodes));
}

int to_int(std::int64_t value) {
  return static_cast<int>(value);
}

/// The loss of the task, unless loss.kind says another.
void settle_loss(Experiment& experiment, const std::string& task) {
  if (experiment.loss.kind_given.value || task.empty()) return;
  const std::string_view loss = task_named(task).default_loss();
  if (loss == experiment.loss.kind) return;
  if (experiment.loss.options != make_loss(experiment.loss.kind)->attributes()) {
    throw UsageError(fmt::format(
        "the images' task is {}, whose loss is {} unless loss.kind says otherwise, and the options "
        "in [loss] are for {}: set loss.kind",
        task, loss, experiment.loss.kind));
  }
  experiment.loss.kind = loss;
  experiment.loss.options = make_loss(loss)->attributes();
}

}  // namespace

Images open_images(const Experiment& experiment) {
  const DataSection& data = experiment.data;
  DataParts parts = load_parts(data.source, data.path, data.options);
  Images images{.notes = parts.notes};
  images.test = data.test.empty()     ? parts.test
                : data.test == "none" ? Dataset()
                                      : named_images(experiment, parts, data.test, true);
  if (const auto* name = std::get_if<std::string>(&data.validation)) {
    images.validation = named_images(experiment, parts, *name, false);
    // If the epoch is chosen on the test images, they cannot measure the chosen model.
    if (*name == "test" && (data.test.empty() || data.test == "test")) images.test = {};
  } else if (!data.validation_given.value) {
    images.validation = parts.validation;
  }
  leave_out(data.exclude, {&parts.train, &images.validation, &images.test}, images.notes);
  images.validation = data::with_names(images.validation, parts.train.names());
  images.test = data::with_names(images.test, parts.train.names());
  images.train = limited(parts.train, static_cast<std::size_t>(data.limit));
  return images;
}

Images load_images(const Experiment& experiment) {
  Images images = open_images(experiment);
  fit_images(experiment.data, images);
  return images;
}

Network build_network(const Experiment& experiment, const TargetSchema& schema) {
  const ModelSection& model = experiment.model;
  if (!model.layers.empty()) {
    Network network = model.layers;
    network.set_outputs(model.outputs);
    return network;
  }
  const std::string_view activation =
      schema.task.empty() ? "softmax" : task_named(schema.task).activation();
  const auto outputs = static_cast<std::int64_t>(schema.names.size());
  const Network network = ending_in(activation, preset(model.preset, outputs));
  return model.normalize == "imagenet" ? normalized(network) : network;
}

TargetSchema numbered_classes(std::int64_t classes) {
  TargetSchema schema{"classify", {}};
  for (std::int64_t c = 0; c < classes; ++c) schema.names.push_back(std::to_string(c));
  return schema;
}

void settle(Experiment& experiment, const Images& images) {
  DataSection& data = experiment.data;
  if (!data.validation_given.value && !images.validation.empty()) data.validation = "val";
  if (const auto& fitted = images.train.preprocessing()) {
    data.size = {fitted->height};
    if (fitted->width != fitted->height) data.size.push_back(fitted->width);
    data.channels = fitted->channels;
  }
  balance_class_weights(experiment, images.train);
  settle_loss(experiment, images.train.schema().task);
  if (!images.train.schema().task.empty()) {
    check_metrics(experiment, images.train, "train.monitor", experiment.train.monitor);
  }
}

void balance_class_weights(Experiment& experiment, const Dataset& train) {
  const AttributeValue* weights = experiment.loss.options.find("class_weights");
  if (weights == nullptr || !std::holds_alternative<std::string>(*weights)) return;
  if (!train.has_classes()) {
    throw UsageError("loss.class_weights = \"balanced\" needs training images with classes");
  }
  if (experiment.data.sampling == "balanced") {
    throw UsageError(
        "data.sampling = \"balanced\" and loss.class_weights = \"balanced\" both make up for rare "
        "classes, so that together they do it twice: leave one of them out");
  }
  std::vector<double> counts(static_cast<std::size_t>(train.classes()));
  for (std::size_t i = 0; i < train.size(); ++i) {
    ++counts[static_cast<std::size_t>(train.label(i))];
  }
  std::vector<double> balanced;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    if (counts[c] == 0) {
      throw DataError(fmt::format(
          "loss.class_weights = \"balanced\" needs training images of every class, and '{}' has "
          "none: give one number a class instead",
          train.names()[c]));
    }
    balanced.push_back(static_cast<double>(train.size()) /
                       (static_cast<double>(counts.size()) * counts[c]));
  }
  experiment.loss.options.set("class_weights", balanced);
}

LossPtr build_loss(const Experiment& experiment) {
  Attributes options = experiment.loss.options;
  // settle() turns "balanced" into numbers when the training images are known.
  const AttributeValue* weights = options.find("class_weights");
  if (weights && std::holds_alternative<std::string>(*weights)) {
    options.set("class_weights", std::vector<double>());
  }
  return make_loss(experiment.loss.kind, options);
}

OptimizerSetting build_optimizer(const Experiment& experiment) {
  const OptimizerSection& section = experiment.optimizer;
  OptimizerSetting setting = default_optimizer(section.kind);
  setting.optimizer = make_optimizer(section.kind, section.options);
  setting.learning_rate = section.learning_rate;
  setting.clip_norm = section.clip_norm;
  setting.clip_value = section.clip_value;
  setting.lookahead = {.interval = section.lookahead, .alpha = section.lookahead_alpha};
  setting.lookahead.check();
  return setting;
}

void take_defaults(Experiment& experiment, const std::function<bool(std::string_view key)>& given) {
  for (const KindSection& section : kind_sections()) settle_options(section, experiment, given);
  experiment.data.validation_given.value = given("data.validation");
  experiment.loss.kind_given.value = given("loss.kind");
  if (given("optimizer.learning_rate")) return;
  experiment.optimizer.learning_rate = default_optimizer(experiment.optimizer.kind).learning_rate;
}

ModelOptions model_options(const Experiment& experiment, const Dataset& train) {
  return {.input = train.image_shape(),
          .preprocessing = train.preprocessing(),
          .loss = build_loss(experiment),
          .optimizer = build_optimizer(experiment),
          .regularize = experiment.regularize,
          .seed = static_cast<std::uint64_t>(experiment.train.seed),
          .threads = to_int(experiment.train.threads),
          .shards = to_int(experiment.train.shards),
          .compute = experiment.train.compute,
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
          .validation = fraction && images.validation.empty() ? *fraction : 0,
          .validation_data = images.validation,
          .sampling = experiment.data.sampling,
          .augment = experiment.data.augment,
          .on_error = experiment.data.on_error,
          .monitor = experiment.train.monitor,
          .metrics = experiment.train.metrics,
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
  if (section.holds_out() && !(fraction && *fraction > 0)) {
    const auto* name = std::get_if<std::string>(&experiment.data.validation);
    throw UsageError(fmt::format(
        "select.folds = 1 holds out data.validation of the training images, which must then be a "
        "fraction above 0{}",
        name && *name == "test" ? ": the test set is measured once, after the choice" : ""));
  }
  return {.over = section.over,
          .metric = section.metric,
          .method = section.method,
          .sampler = section.sampler,
          .trials = to_int(section.trials),
          .factor = section.factor,
          .split = section.split,
          .folds = to_int(section.folds),
          .holdout = fraction ? *fraction : 0,
          .repeats = to_int(section.repeats),
          .leave_groups = to_int(section.leave_groups),
          .outer_folds = to_int(section.outer_folds),
          .rule = section.rule,
          .jobs = to_int(section.jobs),
          .join = section.join};
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
