#pragma once
// A cache of images that takes long to make. It is made when a training begins, so that everything
// wrong with the settings is said before.

#include <functional>
#include <memory>

#include "data/cache/image_store.hpp"

namespace ridgeline::data {

/// What `make` gives, which is called once, by prepare() or when the first image is asked for.
/// Holds no image if it gives null.
std::shared_ptr<const ImageStore> late_store(
    std::function<std::shared_ptr<const ImageStore>()> make);

}  // namespace ridgeline::data
