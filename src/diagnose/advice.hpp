#pragma once
// All advice that a verdict may give. Each advice is here because trainings that followed it did
// better than those with the verdict: docs/diagnosis.md has the measurements, and
// examples/diagnosis repeats them. Each changes its setting in one direction only, so that no
// advice takes back another: none asks for a stronger penalty, a higher learning rate or fewer
// epochs.

#include <string>

#include "diagnose/record.hpp"

namespace ridgeline::diagnose {

/// A tenth of each strength in force. If one number is in force and there is an experiment file,
/// also the command that selects among weaker ones. Empty if only bounds are in force.
std::string weaker_penalty(const Record& record);
/// The same for the strengths in the objective, with the penalties of activations.
std::string weaker_penalty_in_objective(const Record& record);

/// The strength that made the weights grow, made so small that a step takes a ten-thousandth of the
/// weights off.
std::string penalty_within_reach(const Overshoot& overshoot);

/// A tenth of the learning rate.
std::string lower_learning_rate();

std::string clipped_gradients();

/// Kernels whose size keeps the scale of signals after ReLUs (He et al., arXiv 1502.01852).
std::string he_kernels();
/// ReLUs with such kernels instead of units that saturate.
std::string rectified_units();

/// A moving average of the weights. Empty for fewer than 2000 updates: the average forgets the
/// first weights in 1000.
std::string averaged_weights(const Record& record);

/// Four times the epochs, with patience. Empty unless the validation loss was still falling: in the
/// last epoch, by more than two standard errors.
std::string longer_training(const Record& record);

}  // namespace ridgeline::diagnose
