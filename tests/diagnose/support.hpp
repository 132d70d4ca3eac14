#pragma once
// Small trainings, and their verdicts.

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "train/support.hpp"

namespace ridgeline::test {

inline constexpr std::int64_t image_side = 8;

/// Images 1x8x8 of `classes` classes, each with its own pattern and noise. With `confused`, the
/// labels have nothing to do with the images.
inline Dataset patterns(int images, std::uint64_t stream = 0, bool confused = false,
                        float noise = 1) {
  constexpr std::int32_t classes = 4;
  constexpr std::int64_t size = image_side * image_side;
  Random pattern(3, Purpose::test, 99);
  std::vector<float> bright(classes * size);
  for (float& pixel : bright) pixel = pattern.uniform() < 0.5F ? -0.5F : 0.5F;
  Random random(7, Purpose::test, stream);
  std::vector<float> pixels;
  std::vector<std::int32_t> labels;
  for (int i = 0; i < images; ++i) {
    const std::int32_t label = i % classes;
    for (std::int64_t k = 0; k < size; ++k) {
      pixels.push_back(bright[static_cast<std::size_t>(label * size + k)] +
                       noise * (2 * random.uniform() - 1));
    }
    labels.push_back(confused ? static_cast<std::int32_t>(random.uniform() * classes) : label);
  }
  return from_memory(pixels, {1, image_side, image_side}, ImageLayout::nchw, labels,
                     {"a", "b", "c", "d"});
}

inline Layer output() {
  return dense({.units = 4, .activation = "softmax"});
}

/// Two convolutions and two dense layers that learn the patterns.
inline Network healthy_network() {
  return Network{conv2d({.filters = 8, .activation = "relu"}),  max_pool2d(),
                 conv2d({.filters = 16, .activation = "relu"}), flatten(),
                 dense({.units = 32, .activation = "relu"}),    output()};
}

/// `depth` hidden layers.
inline Network deep(int depth, const std::string& activation,
                    const std::string& initializer = "glorot_uniform") {
  std::vector<Layer> layers{flatten()};
  for (int i = 0; i < depth; ++i) {
    layers.push_back(
        dense({.units = 32, .activation = activation, .kernel_initializer = initializer}));
  }
  layers.push_back(output());
  return Network(layers);
}

/// Hidden layers with a shortcut around each except the first.
inline Network residual(int depth) {
  const Output image = input();
  Output x = dense({.units = 32, .activation = "relu"})(flatten()(image));
  for (int i = 1; i < depth; ++i) {
    x = add()(x, dense({.units = 32, .activation = "relu"})(x));
  }
  return {image, output()(x)};
}

struct Training {
  OptimizerSetting optimizer = adam({.learning_rate = 2e-3});
  Regularize regularize = l2(1e-2);
  int epochs = 8;
  Dataset train = patterns(256);
  Dataset validation = patterns(256, 1);
};

inline Model model_of(const Network& network, const Training& training) {
  return Model(network, {.input = {1, image_side, image_side},
                         .optimizer = training.optimizer,
                         .regularize = training.regularize,
                         .threads = 1,
                         .shards = 1});
}

inline History train(Model& model, const Training& training) {
  return model.fit(
      training.train,
      {.epochs = training.epochs, .batch = 16, .validation_data = training.validation});
}
inline History train(const Network& network, const Training& training = {}) {
  Model model = model_of(network, training);
  return train(model, training);
}

inline const Verdict* find(const History& history, std::string_view kind) {
  const auto found = std::ranges::find(history.verdicts, kind, &Verdict::kind);
  return found == history.verdicts.end() ? nullptr : &*found;
}

inline double evidence(const Verdict& verdict, std::string_view name) {
  const auto found = std::ranges::find(verdict.evidence, name, &Evidence::name);
  if (found == verdict.evidence.end()) {
    ADD_FAILURE() << "no evidence '" << name << "'";
    return 0;
  }
  return found->value;
}

/// The kinds, for messages.
inline std::string kinds(const History& history) {
  std::string text;
  for (const Verdict& verdict : history.verdicts) {
    text += verdict.kind + ": " + verdict.sentence + "\n";
  }
  return text;
}

}  // namespace ridgeline::test
