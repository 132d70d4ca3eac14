#pragma once
// Batches for the engine: read, shuffle, augment, batch. Either made ahead on threads of their own,
// or, where reading is cheap, left to the threads that compute. What an epoch yields depends on
// (seed, epoch, draw of an image) alone, never on who reads it.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "data/augment.hpp"
#include "ridgeline/collator.hpp"
#include "ridgeline/dataset.hpp"
#include "ridgeline/targets.hpp"

namespace ridgeline::data {

class BalancedSampling;
class ErrorLog;

struct LoaderOptions {
  std::int64_t batch = 32;  ///< images; the last batch of an epoch may be smaller, never dropped
  bool shuffle = false;     ///< a balanced epoch always is
  /// Decides which images an epoch has, of the data that the loader is given; null: each once.
  std::shared_ptr<const BalancedSampling> balanced = nullptr;
  std::uint64_t seed = 1;
  std::vector<Augmentation> augment;
  const Collator* collator = nullptr;  ///< null: the one that fits the data's schema
  /// Takes note of images that cannot be read; null: their errors end the training.
  std::shared_ptr<ErrorLog> errors = nullptr;
  int threads = 1;    ///< that read ahead
  bool lazy = false;  ///< where the data is in memory, leave the images to Batch::fill
  int ahead = 4;      ///< batches made before they are asked for
};

/// A batch in host memory, valid until the next call of `next` or `start`.
struct Batch {
  std::int64_t images = 0;
  std::span<const float> inputs;  ///< images x channels x height x width, on a cache line
  /// Of these images, and their weights; none without targets.
  Targets targets;
  std::span<const std::uint64_t> ids;  ///< draw_id of Dataset::id of each
  /// Reads `count` images from `first` on into `inputs`, which are not there before; from several
  /// threads at once for different images. Empty where `inputs` are there.
  std::function<void(std::int64_t first, std::int64_t count)> fill;
};

/// One consumer calls start, then next until it gives nullptr; start may come again at any time.
class Loader {
 public:
  /// Throws UsageError for a batch, threads or ahead below 1 and for augmentations that do not fit
  /// the images (check_fits), ResourceError where memory or threads do not suffice.
  Loader(Dataset data, LoaderOptions options);
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  /// Batches in an epoch.
  std::int64_t batches() const;
  /// Begins epoch `epoch` (0 for the first) at batch `first`, for a resume inside an epoch. The
  /// batches are those that the epoch has from there on.
  void start(std::int64_t epoch, std::int64_t first = 0);
  /// The next batch, or nullptr at the epoch's end (or before start). Throws what reading it threw,
  /// and the same again until start is called.
  const Batch* next();

  /// Whether images, and so their targets, are mixed.
  bool mixes() const;
  /// Calls use(targets) for each image of an epoch in which they are mixed, in the data's order.
  void for_mixed_targets(std::int64_t epoch, const std::function<void(const Targets&)>& use) const;

 private:
  struct Workers;
  std::unique_ptr<Workers> workers_;
};

}  // namespace ridgeline::data
