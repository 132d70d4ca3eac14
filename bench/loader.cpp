// Images a second of the loader alone: read, decode, ImageNet's training augmentation, batch.
//
//   bench_loader FOLDER SIZE [ROUNDS]   class folders, the side of the network's images, and the
//                                       number of rounds (default 3)
//
// For each kind of cache on 1 and 2 threads, it writes the median over the rounds. Caches are
// filled first. The pack is in a folder of its own in the user's cache, which is removed at the
// end.
#include "data/loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "data/places.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/sources.hpp"

namespace ridgeline {
namespace {

const std::vector<std::string> augment{"resized_crop", "horizontal_flip"};

struct Case {
  std::string cache;
  int threads;
  Dataset data;
  std::vector<double> rates = {};
};

double images_per_second(const Case& one, int epoch) {
  data::Loader loader(one.data, {.batch = 64,
                                 .shuffle = true,
                                 .augment = data::parse_augmentations(augment),
                                 .threads = one.threads});
  const auto start = std::chrono::steady_clock::now();
  std::int64_t images = 0;
  loader.start(epoch);
  while (const data::Batch* batch = loader.next()) images += batch->images;
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return static_cast<double>(images) / seconds.count();
}

int measure(const std::filesystem::path& folder, std::int64_t side, int rounds) {
  const auto packs = data::cache_root() / "ridgeline" / "bench-pack";
  const Dataset plain =
      Dataset(class_folders(folder).train).fitted({.height = side, .width = side});
  std::vector<Case> cases;
  for (const char* cache : {"none", "memory", "disk"}) {
    const Dataset data = plain.cache(
        {.kind = cache, .folder = packs, .augment = augment, .on_note = [](const auto& note) {
           fmt::print("{}\n", note);
         }});
    for (const int threads : {1, 2}) cases.push_back({cache, threads, data});
  }
  for (int round = 0; round <= rounds; ++round) {
    for (Case& one : cases) {
      const double rate = images_per_second(one, round);
      if (round > 0) one.rates.push_back(rate);  // the first fills the cache in memory
    }
  }
  fmt::print("{:<8}{:>8}{:>12}{:>10}\n", "cache", "threads", "images/s", "ratio");
  double first = 0;
  for (Case& one : cases) {
    std::ranges::sort(one.rates);
    const double median = one.rates[one.rates.size() / 2];
    if (first == 0) first = median;
    fmt::print("{:<8}{:>8}{:>12.0f}{:>10.2f}\n", one.cache, one.threads, median, median / first);
  }
  std::filesystem::remove_all(packs);
  return 0;
}

}  // namespace

int measure_loader(int count, char** arguments) {
  const int side = count >= 3 ? std::atoi(arguments[2]) : 0;
  const int rounds = count == 4 ? std::atoi(arguments[3]) : 3;
  if (count > 4 || side < 1 || rounds < 1) {
    fmt::print(stderr, "usage: bench_loader FOLDER SIZE [ROUNDS]\n");
    return 2;
  }
  try {
    return measure(arguments[1], side, rounds);
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 3;
  }
}

}  // namespace ridgeline

int main(int count, char** arguments) {
  return ridgeline::measure_loader(count, arguments);
}
