#pragma once
// diagnosis.csv: a line per epoch and parameter, and per epoch and layer with measured activations.

#include <string>

#include "ridgeline/model.hpp"

namespace ridgeline::train {

/// epoch, steps, name, then the fields of a parameter ("conv2d_1.kernel") and those of a layer
/// ("conv2d_1"). Each line has one of the two; the other fields are empty.
std::string diagnosis_header();
/// Statistics (Role::statistic) and frozen parameters have no lines. Numbers read back as the same
/// bits.
std::string parameter_lines(const Epoch& epoch, const Layout& layout);
std::string layer_lines(const Epoch& epoch, const Network& network);

}  // namespace ridgeline::train
