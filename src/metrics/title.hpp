#pragma once
// Names of metrics in narrow columns.

#include <string>
#include <string_view>

namespace ridgeline::metrics {

/// The name if it fits into `width` columns; else the beginnings of its words: "accuracy" is "acc"
/// in three columns, "average_precision" is "aver prec" in nine and "ap" in two or three.
std::string short_title(std::string_view name, std::size_t width);

}  // namespace ridgeline::metrics
