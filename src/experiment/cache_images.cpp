#include "experiment/cache_images.hpp"

#include <algorithm>
#include <cstdint>

namespace ridgeline::experiment {

void cache_images(const Experiment& experiment, const CacheListener& listener, Dataset& train,
                  Dataset& validation) {
  constexpr double gigabyte = 1e9, most = 1e18;
  const DataSection& data = experiment.data;
  CacheOptions options{.kind = data.cache,
                       .folder = data.cache_path,
                       .threads = static_cast<int>(experiment.train.threads),
                       .stop = listener.stop,
                       .on_note = listener.on_note};
  const auto divide = [&](const Dataset& part) {
    options.share =
        static_cast<double>(part.size()) / static_cast<double>(train.size() + validation.size());
    const double bytes = std::min(data.cache_limit * gigabyte, most) * options.share;
    options.limit = bytes > 0 ? std::max(std::uint64_t{1}, static_cast<std::uint64_t>(bytes)) : 0;
  };
  divide(validation);
  if (!validation.empty()) validation = validation.cache(options);
  divide(train);
  options.augment = data.augment;
  train = train.cache(options);
}

}  // namespace ridgeline::experiment
