#pragma once
// Scans all images of named data, with a line of progress.

#include <cstddef>

#include "cli/console.hpp"
#include "cli/data_words.hpp"
#include "data/inspection/findings.hpp"

namespace ridgeline::cli {

/// The parts of the data that have images: train, validation, test. `prefix` comes before
/// their names.
std::vector<data::Part> parts_of(const experiment::Images& images, const std::string& prefix = {});

/// Scans the parts on all cores and finds what is wrong. `at_most` images of each part are looked
/// at; 0: all.
data::Inspection inspect_parts(std::vector<data::Part> parts, std::size_t at_most,
                               Console& console);

}  // namespace ridgeline::cli
