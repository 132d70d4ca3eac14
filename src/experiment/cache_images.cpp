#include "experiment/cache_images.hpp"

#include "data/cache/dataset_cache.hpp"

namespace ridgeline::experiment {

void cache_images(const Experiment& experiment, const CacheListener& listener, Dataset& train,
                  Dataset& validation) {
  constexpr double gigabyte = 1e9;
  const DataSection& data = experiment.data;
  CacheOptions options{.kind = data.cache,
                       .folder = data.cache_path,
                       .threads = static_cast<int>(experiment.train.threads),
                       .stop = listener.stop,
                       .on_note = listener.on_note};
  const auto share =
      static_cast<double>(train.size()) / static_cast<double>(train.size() + validation.size());
  const double given = data.cache_limit * gigabyte;
  const auto limit = [&](double part) {
    if (validation.empty() && given == 0) return std::uint64_t{0};
    const double all = given > 0 ? given : static_cast<double>(data::standard_limit(options));
    return static_cast<std::uint64_t>(all * part) + 1;  // 0 is no limit
  };
  const std::uint64_t of_train = limit(share), of_validation = limit(1 - share);
  options.limit = of_validation;
  if (!validation.empty()) validation = validation.cache(options);
  options.limit = of_train;
  options.augment = data.augment;
  train = train.cache(options);
}

}  // namespace ridgeline::experiment
