#pragma once
// diagnosis.csv: a line per epoch and parameter, and per epoch and layer that was looked at.

#include <string>

#include "ridgeline/model.hpp"

namespace ridgeline::train {

/// epoch, steps, name, then the fields of a parameter ("conv2d_1.kernel") and those of a layer
/// ("conv2d_1"), of which each line has one kind and leaves the other empty.
std::string diagnosis_header();
/// Statistics (Role::statistic) and frozen parameters have no lines. Numbers read back as the same
/// bits.
std::string parameter_lines(const Epoch& epoch, const Layout& layout);
std::string layer_lines(const Epoch& epoch, const Network& network);

}  // namespace ridgeline::train
