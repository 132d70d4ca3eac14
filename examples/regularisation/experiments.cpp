#include "experiments.hpp"

#include <ridgeline/penalty_keys.hpp>

#include "text.hpp"

namespace study {
namespace {

// What is added to the article's network, if it is above 0.
struct Added {
  double dropout = 0;          // before the last layer
  double spatial_dropout = 0;  // after both pools
  double activity_l2 = 0;      // on the outputs of the first dense layer
};

rl::Network article_network(const Added& added = {}) {
  rl::Network network;
  for (const std::int64_t filters : {32, 64}) {
    network.append(rl::conv2d({.filters = filters, .kernel = 3, .activation = "relu"}));
    network.append(rl::max_pool2d({.window = 2}));
    if (added.spatial_dropout > 0) {
      network.append(rl::spatial_dropout2d({.rate = added.spatial_dropout}));
    }
  }
  network.append(rl::flatten());
  network.append(rl::dense({.units = 128, .activation = "relu"}));
  if (added.activity_l2 > 0) {
    network.append(rl::activity_regularization({.l2 = added.activity_l2}));
  }
  if (added.dropout > 0) network.append(rl::dropout({.rate = added.dropout}));
  network.append(rl::dense({.units = 10, .activation = "softmax"}));
  return network;
}

struct Deep {
  std::string activation;
  std::string initializer = "glorot_uniform";
  bool batch_norm = false, residual = false;
  double dropout = 0;
};

// Ten narrow convolutions of one size over images of a quarter of the width, so that their
// gradients differ only because of the depth.
rl::Network deep_network(const Deep& deep) {
  const rl::Output image = rl::input();
  rl::Output x = rl::average_pool2d({.window = 4})(image);
  for (int layer = 1; layer <= deep_layers; ++layer) {
    rl::Output y = rl::conv2d({.filters = 16,
                               .kernel = 3,
                               .padding = rl::Padding::same(),
                               .kernel_initializer = deep.initializer})(x);
    if (deep.batch_norm) y = rl::batch_norm2d()(y);
    y = rl::activation(deep.activation)(y);
    if (deep.dropout > 0) y = rl::dropout({.rate = deep.dropout})(y);
    x = deep.residual && layer > 1 ? rl::add()(x, y) : y;
  }
  return {image, rl::dense({.units = 10, .activation = "softmax"})(rl::flatten()(x))};
}

struct Course {
  int epochs;
  std::vector<std::string> augment;
};

Course course_of(std::string_view data) {
  if (data == "cifar10") return {20, {"flip", "crop:4"}};
  return {15, {"flip", "crop:2"}};
}

void add_strengths(std::string_view data, std::vector<Experiment>& all) {
  const auto add = [&](std::string_view penalty, double strength, rl::Regularize regularize) {
    all.push_back({.data = std::string(data),
                   .name = strength_name(penalty, strength),
                   .network = article_network(),
                   .epochs = course_of(data).epochs,
                   .regularize = std::move(regularize)});
    all.back().weights = strength == 0 || (penalty == "l2" && strength >= 1e-3) || penalty == "l1";
  };
  for (const double strength : l2_strengths) add("l2", strength, rl::l2(strength));
  for (const double strength : l1_strengths) {
    if (strength > 0) add("l1", strength, {.l1 = strength});
  }
  for (const double strength : decay_strengths) {
    if (strength == 0) continue;
    add("decay", strength, {.decay = strength});
    all.back().optimizer = rl::adamw();
  }
}

Experiment weapon_experiment(std::string_view data, std::string_view weapon, bool with_l2) {
  const Course course = course_of(data);
  Experiment e{
      .data = std::string(data),
      .name = weapon_name(weapon, with_l2),
      .network = article_network({.dropout = weapon == "dropout" ? 0.5 : 0,
                                  .spatial_dropout = weapon == "spatial dropout" ? 0.1 : 0}),
      .epochs = course.epochs,
      .regularize = rl::l2(with_l2 ? good_l2 : 0)};
  if (weapon == "l1") e.regularize.l1 = good_l1;
  if (weapon == "augmentation") e.augment = course.augment;
  if (weapon == "early stopping") e.patience = 3;
  if (weapon == "label smoothing") e.label_smoothing = 0.1;
  if (weapon == "mixup") e.augment = {"mixup:0.2"};
  if (weapon == "cutmix") e.augment = {"cutmix:1"};
  if (weapon == "cutout") e.augment = {"cutout:8"};
  if (weapon == "noise") e.augment = {"noise:0.05"};
  if (weapon == "EMA") e.average = "ema";
  if (weapon == "SWA") e.average = "swa";
  return e;
}

void add_weapons(std::string_view data, std::span<const std::string_view> names,
                 std::vector<Experiment>& all) {
  for (const bool with_l2 : {false, true}) {
    for (const std::string_view weapon : names) {
      if (weapon == "l1" && !with_l2) continue;  // it is one of the strengths
      all.push_back(weapon_experiment(data, weapon, with_l2));
    }
  }
}

void add_further_penalties(std::string_view data, std::vector<Experiment>& all) {
  for (const auto& [penalty, strength] : further_penalties) {
    Added added;
    rl::Regularize regularize;
    if (penalty == "activity l2") added.activity_l2 = strength;
    for (const rl::PenaltyKey& key : rl::penalty_keys) {
      if (key.name == penalty) regularize.*key.base = strength;
    }
    all.push_back({.data = std::string(data),
                   .name = strength_name(penalty, strength),
                   .network = article_network(added),
                   .epochs = course_of(data).epochs,
                   .regularize = std::move(regularize)});
  }
}

Experiment deep_experiment(std::string name, const Deep& deep, rl::Regularize regularize) {
  return {.data = "fashion-mnist",
          .name = std::move(name),
          .network = deep_network(deep),
          .epochs = 3,
          .regularize = std::move(regularize),
          .gradients = true};
}

void add_deep(std::vector<Experiment>& all) {
  for (const std::string_view activation : deep_activations) {
    for (const double strength : deep_strengths) {
      all.push_back(deep_experiment(deep_name(activation, strength),
                                    {.activation = std::string(activation)}, rl::l2(strength)));
    }
  }
  const std::string activation(remedied_activation);
  for (const std::string_view remedy : deep_remedies) {
    Deep deep{.activation = activation};
    deep.batch_norm = remedy == "batch norm";
    deep.residual = remedy == "residual";
    if (!deep.batch_norm && !deep.residual) deep.initializer = remedy;
    all.push_back(deep_experiment(remedy_name(remedy), deep, rl::l2(strong_l2)));
  }
  const auto substitute = [&](std::string_view name, double dropout, rl::Regularize regularize) {
    all.push_back(deep_experiment(substitute_name(name),
                                  {.activation = activation, .dropout = dropout},
                                  std::move(regularize)));
  };
  substitute("l1", 0, {.l1 = 1e-4});
  substitute("dropout", 0.2, {});
  substitute("decay", 0, {.decay = 0.1});
  all.back().optimizer = rl::adamw();
}

}  // namespace

std::string strength_name(std::string_view penalty, double strength) {
  if (strength == 0) return "none";
  return std::string(penalty) + ' ' + one_digit_text(strength);
}

std::string weapon_name(std::string_view weapon, bool with_l2) {
  const std::string name = weapon == "l1" ? strength_name("l1", good_l1) : std::string(weapon);
  return with_l2 ? name + " + " + strength_name("l2", good_l2) : name;
}

std::string deep_name(std::string_view activation, double l2) {
  return "deep " + std::string(activation) + ' ' + strength_name("l2", l2);
}

std::string remedy_name(std::string_view remedy) {
  return deep_name(remedied_activation, strong_l2) + " + " + std::string(remedy);
}

std::string substitute_name(std::string_view substitute) {
  return "deep " + std::string(remedied_activation) + ' ' + std::string(substitute);
}

std::vector<Experiment> experiments(std::string_view data) {
  std::vector<Experiment> all;
  add_strengths(data, all);
  add_weapons(data, weapons, all);
  if (data == "fashion-mnist") add_deep(all);
  if (data == further_data) {
    add_further_penalties(data, all);
    add_weapons(data, further_weapons, all);
  }
  return all;
}

}  // namespace study
