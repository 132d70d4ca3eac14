#pragma once
// The collators of targets that are classes or numbers.

#include <string_view>

#include "ridgeline/collator.hpp"

namespace ridgeline::data {

/// Classes become "class". Soft labels, and classes that were mixed, become "probabilities".
const Collator& class_collator();
/// Numbers under the name "labels".
const Collator& label_collator();
/// Numbers under the name "values".
const Collator& value_collator();
/// The one that fits a schema's task; that of values for a task that the library does not have.
const Collator& collator_for(const TargetSchema& schema);

}  // namespace ridgeline::data
