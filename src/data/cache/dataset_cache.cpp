#include "data/cache/dataset_cache.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "data/augment.hpp"
#include "data/cache/amount.hpp"
#include "data/cache/cached_source.hpp"
#include "data/cache/late_store.hpp"
#include "data/cache/memory_store.hpp"
#include "data/cache/pack.hpp"
#include "data/places.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

std::optional<CropNeed> crop_need(const Dataset& data, const CacheOptions& options) {
  const Shape shape = data.image_shape();
  if (shape.rank() != 3) return std::nullopt;
  for (const auto& step : picture_steps(parse_augmentations(options.augment))) {
    if (step->crop) return CropNeed{*step->crop, {shape[1], shape[2]}, data.preprocessing()};
  }
  return std::nullopt;
}

std::uint64_t share_of(std::uint64_t bytes, const CacheOptions& options) {
  return static_cast<std::uint64_t>(static_cast<double>(bytes) * options.share);
}

std::shared_ptr<const ImageStore> in_memory(const Dataset& data, const CacheOptions& options) {
  // The limit of a file on the disk says nothing about memory.
  const std::uint64_t limit = options.kind == "memory" && options.limit > 0
                                  ? options.limit
                                  : share_of(half_of_free_memory(), options);
  return memory_store(data.source(), {.fit = data.preprocessing(),
                                      .crop = crop_need(data, options),
                                      .bytes = limit,
                                      .on_note = options.on_note});
}

std::shared_ptr<const ImageStore> on_disk(const Dataset& data, const CacheOptions& options) {
  if (!data.preprocessing()) {
    throw ResourceError("these images are no files that data.size or data.channels applies to");
  }
  const std::filesystem::path folder = pack_folder(options);
  const std::uint64_t limit =
      options.limit > 0 ? options.limit : share_of(free_on_disk(folder) / 2, options);
  const int threads =
      options.threads > 0 ? options.threads : static_cast<int>(std::thread::hardware_concurrency());
  return pack(data, {.folder = folder,
                     .crop = crop_need(data, options),
                     .most_bytes = limit,
                     .limited = options.limit > 0,
                     .threads = std::max(1, threads),
                     .stop = options.stop,
                     .on_note = options.on_note});
}

std::shared_ptr<const ImageStore> on_disk_or_in_memory(const Dataset& data,
                                                       const CacheOptions& options) {
  try {
    return on_disk(data, options);
  } catch (const ResourceError& error) {
    if (options.on_note) {
      options.on_note(
          fmt::format("no cache on disk: {}; images are kept in memory instead", error.what()));
    }
  }
  return in_memory(data, options);
}

}  // namespace

std::filesystem::path pack_folder(const CacheOptions& options) {
  if (!options.folder.empty()) return options.folder;
  if (const auto root = cache_root(); !root.empty()) return root / "ridgeline" / "pack";
  throw ResourceError(
      "there is no folder for a cache: set data.cache_path, HOME or XDG_CACHE_HOME");
}

std::shared_ptr<const SampleSource> cached(const Dataset& data, const CacheOptions& options) {
  const std::shared_ptr<const SampleSource>& source = data.source();
  if (options.kind != "none" && options.kind != "memory" && options.kind != "disk") {
    throw UsageError(fmt::format("data.cache is none, memory or disk, not \"{}\"", options.kind));
  }
  if (options.kind == "none" || data.empty() || data.in_memory() || is_cached(*source)) {
    return source;
  }
  if (options.kind == "memory") {
    return cached_source(source, data.preprocessing(), in_memory(data, options));
  }
  return cached_source(source, data.preprocessing(),
                       late_store([data, options] { return on_disk_or_in_memory(data, options); }));
}

}  // namespace ridgeline::data
