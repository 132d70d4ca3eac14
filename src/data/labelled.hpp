#pragma once
// Images with targets in memory.

#include <memory>
#include <vector>

#include "ridgeline/sample.hpp"

namespace ridgeline::data {

/// One class for each image. Throws DataError for counts that differ or a label out of range.
std::shared_ptr<const SampleSource> with_labels(std::shared_ptr<const SampleSource> images,
                                                std::vector<std::int32_t> labels,
                                                std::vector<std::string> names);
/// One number for each name and image. Throws DataError for counts that differ.
std::shared_ptr<const SampleSource> with_values(std::shared_ptr<const SampleSource> images,
                                                std::vector<float> values, TargetSchema schema);

}  // namespace ridgeline::data
