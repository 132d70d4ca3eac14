#pragma once
// The augmentations that an application registered (ridgeline/augmentation.hpp).

#include <memory>
#include <string_view>
#include <vector>

#include "ridgeline/augmentation.hpp"

namespace ridgeline::data {

/// The one that `text` ("streaks:3", "streaks:count=3") asks for; null for a name that was not
/// registered. Throws UsageError for options that do not fit it.
std::shared_ptr<const Augment> own_augmentation(std::string_view text);
std::vector<Kind> own_kinds();
/// Those of augment.cpp.
std::vector<Kind> built_in_kinds();

}  // namespace ridgeline::data
