#pragma once
// The tasks of the library, each in a file of its own; registry.cpp has the table.

#include <memory>

#include "ridgeline/task.hpp"

namespace ridgeline::tasks {

std::unique_ptr<const Task> classify();
std::unique_ptr<const Task> multi_label();
std::unique_ptr<const Task> regress();

/// The name of output i, or its number if it has no name.
std::string name_of(std::span<const std::string> names, std::size_t i);
/// All labels, the most probable first; equal ones in the order of their names.
std::vector<Prediction> ordered(std::span<const float> probabilities,
                                std::span<const std::string> names, int top);
/// Throws UsageError unless the network's main output has one number for each name.
void check_width(std::string_view what, std::string_view things, const TargetSchema& schema,
                 std::span<const OutputSpec> outputs);

}  // namespace ridgeline::tasks
