#pragma once
// Dataset::cache: which cache, where and how large.

#include "ridgeline/dataset.hpp"

namespace ridgeline::data {

/// The samples of `data` from the cache that `options` ask for; the source itself if there is
/// none to make. Throws as Dataset::cache does.
std::shared_ptr<const SampleSource> cached(const Dataset& data, const CacheOptions& options);

/// The folder of packs that `options` name: `folder`, or ridgeline/pack in the user's cache. Throws
/// ResourceError if there is none.
std::filesystem::path pack_folder(const CacheOptions& options);

}  // namespace ridgeline::data
