#pragma once
// The collators of targets that are classes or numbers.

#include <cstdint>
#include <span>
#include <string_view>

#include "data/sampling.hpp"
#include "ridgeline/collator.hpp"
#include "ridgeline/dataset.hpp"

namespace ridgeline::data {

/// Classes become "class". Soft labels, and classes that were mixed, become "probabilities".
const Collator& class_collator();
/// Numbers under the name "labels".
const Collator& label_collator();
/// Numbers under the name "values".
const Collator& value_collator();
/// The collator of a schema's task; value_collator for a task that the library does not know.
const Collator& collator_for(const TargetSchema& schema);

/// Adds the weights of the images `which`, if `data` has weights or if images are left out, which
/// get the weight 0. `left_out` is empty, or has a number for each image.
void add_weights(const Dataset& data, std::span<const Draw> which,
                 std::span<const std::uint8_t> left_out, TensorBatch& batch);

}  // namespace ridgeline::data
