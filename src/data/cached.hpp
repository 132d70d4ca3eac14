#pragma once
// Images that are read from their source once and kept.

#include <memory>

#include "ridgeline/dataset.hpp"

namespace ridgeline::data {

/// Keeps each image of `source` from when it is first read, as bytes where its numbers are whole
/// 255ths and as floats elsewhere, until `bytes` are full; the rest is read anew each time.
std::shared_ptr<const SampleSource> cached(std::shared_ptr<const SampleSource> source,
                                           std::size_t bytes);

/// Half of the memory that is free now.
std::size_t half_of_free_memory();

}  // namespace ridgeline::data
