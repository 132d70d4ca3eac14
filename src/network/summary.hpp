#pragma once
// The table of a network's layers, for terminals of any width.

#include <string>

#include "ridgeline/network.hpp"

namespace ridgeline::network {

/// ridgeline::summary() in `width` columns. Columns that do not fit follow below.
std::string summary(const Network& network, const Shape& input, const PenaltyTexts& penalties,
                    std::size_t width);

}  // namespace ridgeline::network
