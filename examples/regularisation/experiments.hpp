#pragma once
// What is measured: every training of the study as a plain value.

#include <array>
#include <ridgeline/ridgeline.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace study {

namespace rl = ridgeline;

struct Experiment {
  std::string data;  ///< "cifar10"
  std::string name;  ///< unique for a data set, without commas: "dropout + l2 1e-3"
  rl::Network network;
  int epochs = 0;
  rl::Regularize regularize = {};
  rl::OptimizerSetting optimizer = rl::adam();
  std::vector<std::string> augment = {};
  double label_smoothing = 0;  ///< the recorded loss is without it
  std::string average = "none";
  int patience = 0;        ///< above 0: a tenth of the training images is held out to stop by
  bool weights = false;    ///< record the distribution of the dense layer's weights
  bool gradients = false;  ///< record the gradient's norm of each layer
};

inline constexpr std::array<std::string_view, 2> data_sets{"fashion-mnist", "cifar10"};

// The strengths of each penalty. Adam divides by the gradient's size, so those of l1 are small and
// those of decay large.
inline constexpr std::array l2_strengths{0.0, 1e-5, 1e-4, 1e-3, 3e-3, 1e-2};
inline constexpr std::array l1_strengths{0.0, 1e-6, 1e-5, 1e-4, 1e-3};
inline constexpr std::array decay_strengths{0.0, 0.1, 1.0};
/// The strengths that are combined with other weapons.
inline constexpr double good_l2 = 1e-3, good_l1 = 1e-5;

/// "l2 1e-3"; "none" for a strength of 0 of any penalty.
std::string strength_name(std::string_view penalty, double strength);

/// What else fights over-fitting, apart from L2.
inline constexpr std::array<std::string_view, 4> weapons{"l1", "dropout", "augmentation",
                                                         "early stopping"};
/// More of them, in another figure, and on one data set.
inline constexpr std::string_view further_data = "cifar10";
inline constexpr std::array<std::string_view, 8> further_weapons{
    "spatial dropout", "label smoothing", "mixup", "cutmix", "cutout", "noise", "EMA", "SWA"};
/// Penalties and bounds on whole kernels, and one on activations, each on its own.
struct Strength {
  std::string_view penalty;
  double strength;
};
inline constexpr std::array further_penalties{
    Strength{"group_lasso", 1e-4}, Strength{"group_lasso", 1e-3},
    Strength{"orthogonal", 1e-3},  Strength{"orthogonal", 1e-2},
    Strength{"spectral", 1e-2},    Strength{"spectral", 1e-1},
    Strength{"max_norm", 1},       Strength{"max_norm", 2},
    Strength{"fixed_norm", 1},     Strength{"cpr", 1},
    Strength{"activity l2", 1e-3}};

/// "dropout"; with L2 "dropout + l2 1e-3".
std::string weapon_name(std::string_view weapon, bool with_l2);

/// The deep networks' activations and the strengths of L2 that they are trained with.
inline constexpr std::array<std::string_view, 3> deep_activations{"sigmoid", "tanh", "relu"};
inline constexpr std::array deep_strengths{0.0, 1e-3, 1e-2, 1e-1};
/// Changes to the network with this L2, and other regularisers in place of it.
inline constexpr double strong_l2 = 1e-2;
inline constexpr std::array<std::string_view, 5> deep_remedies{
    "batch norm", "residual", "he_normal", "lecun_normal", "orthogonal"};
inline constexpr std::array<std::string_view, 3> deep_substitutes{"l1", "dropout", "decay"};
inline constexpr std::string_view remedied_activation = "sigmoid";
inline constexpr int deep_layers = 10;

/// "deep tanh none", "deep tanh l2 1e-2", "deep sigmoid l2 1e-2 + residual", "deep sigmoid
/// dropout".
std::string deep_name(std::string_view activation, double l2);
std::string remedy_name(std::string_view remedy);
std::string substitute_name(std::string_view substitute);

/// All experiments on one data set.
std::vector<Experiment> experiments(std::string_view data);

}  // namespace study
