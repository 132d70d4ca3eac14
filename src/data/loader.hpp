#pragma once
// Batches for the engine: read, shuffle, augment, batch. They are made ahead by reader threads or,
// if reading is cheap, by the threads that compute. The contents of an epoch depend only on (seed,
// epoch, draw of an image), never on which thread reads.

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
  /// Chooses the images of an epoch from the loader's data; null: each image once.
  std::shared_ptr<const BalancedSampling> balanced = nullptr;
  std::uint64_t seed = 1;
  std::vector<Augmentation> augment;
  const Collator* collator = nullptr;  ///< null: the one that fits the data's schema
  /// Takes note of images that cannot be read; null: their errors end the training.
  std::shared_ptr<ErrorLog> errors = nullptr;
  int threads = 1;    ///< reader threads
  bool lazy = false;  ///< if the data is in memory, leave the images to Batch::fill
  int ahead = 4;      ///< batches that are made in advance
};

/// A batch in host memory, valid until the next call of `next` or `start`.
struct Batch {
  std::int64_t images = 0;
  std::span<const float> inputs;  ///< images x channels x height x width, on a cache line
  /// Of these images, with their weights; empty if the images have no targets.
  Targets targets;
  std::span<const std::uint64_t> ids;  ///< draw_id of Dataset::id of each
  /// Reads `count` images from `first` on into `inputs`. Several threads may call it at once for
  /// different images. Empty if `inputs` have been read already.
  std::function<void(std::int64_t first, std::int64_t count)> fill;
};

/// One consumer calls start, then next until it returns nullptr. It may call start again at any
/// time.
class Loader {
 public:
  /// Throws UsageError for a batch, threads or ahead below 1 and for augmentations that do not fit
  /// the images (check_fits), ResourceError if memory or threads are short.
  Loader(Dataset data, LoaderOptions options);
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  /// Batches in an epoch.
  std::int64_t batches() const;
  /// Begins epoch `epoch` (0 for the first) at batch `first`, for a resume inside an epoch. The
  /// batches are the same as in a whole epoch.
  void start(std::int64_t epoch, std::int64_t first = 0);
  /// The next batch, or nullptr at the epoch's end (or before start). Throws what reading it threw,
  /// and the same again until start is called.
  const Batch* next();

  /// Whether images, and so their targets, are mixed.
  bool mixes() const;
  /// Calls use(targets) with the mixed targets of each image of an epoch, in the data's order.
  void for_mixed_targets(std::int64_t epoch, const std::function<void(const Targets&)>& use) const;

 private:
  struct Workers;
  std::unique_ptr<Workers> workers_;
};

}  // namespace ridgeline::data
