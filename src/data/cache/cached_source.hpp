#pragma once
// A source whose images come from a cache as far as it has them.

#include <memory>

#include "data/cache/image_store.hpp"
#include "ridgeline/dataset.hpp"
#include "ridgeline/preprocessing.hpp"
#include "ridgeline/sample.hpp"

namespace ridgeline::data {

/// The samples of `source`, read through `store`. `fit` is the preprocessing of `source`, if it has
/// one.
std::shared_ptr<const SampleSource> cached_source(std::shared_ptr<const SampleSource> source,
                                                  std::optional<Preprocessing> fit,
                                                  std::shared_ptr<const ImageStore> store);

/// Whether cached_source made it.
bool is_cached(const SampleSource& source);

/// Makes the cache of these images, if they have one that is not made yet.
void prepare_cache(const Dataset& data);

}  // namespace ridgeline::data
