#pragma once
// What makes one batch: which images it has, their targets, their pixels.

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "data/loader.hpp"
#include "data/pictures/pipeline.hpp"
#include "data/sampling.hpp"
#include "tensor/buffer.hpp"

namespace ridgeline::data {

/// The memory of one batch, written by one reader at a time.
struct BatchMemory {
  Buffer<float> inputs;
  std::vector<Target> targets;
  TensorBatch collated;
  std::vector<std::uint64_t> ids;
  std::vector<Transform> transforms;  ///< how points moved, if targets follow them
  std::vector<std::uint8_t> bad;      ///< whether an image could not be read
  Batch batch;
};

class BatchMaker {
 public:
  /// Throws UsageError for augmentations that do not fit the images.
  BatchMaker(const Dataset& data, const LoaderOptions& options);
  ~BatchMaker();
  BatchMaker(const BatchMaker&) = delete;
  BatchMaker& operator=(const BatchMaker&) = delete;

  BatchMemory memory(std::int64_t images) const;
  /// Whether the threads that need pixels may read them after `describe`.
  bool may_be_lazy() const { return !follows_; }
  bool mixes() const { return mixes_; }

  /// Fills in the batch of draws `which` in `epoch`, without the pixels and without the targets
  /// that depend on them.
  void describe(BatchMemory& memory, std::span<const Draw> which, std::int64_t epoch) const;
  /// Reads the pixels of images [begin, begin + count) of a described batch. An image that
  /// cannot be read is noted in LoaderOptions::errors, has pixels of 0 and the weight 0; without
  /// `errors` its error is thrown.
  void read(BatchMemory& memory, std::span<const Draw> which, std::int64_t epoch,
            std::int64_t begin, std::int64_t count) const;
  /// After all pixels were read: sets the targets that follow their images, and weights of 0.
  void finish(BatchMemory& memory, std::span<const Draw> which) const;

  /// The target of a draw; mixed if the images are mixed.
  Target target(const Draw& draw, std::int64_t epoch) const;
  void collate(std::span<const Target> targets, TensorBatch& batch) const;

 private:
  struct Scratch;
  struct Borrowed;
  std::unique_ptr<Scratch> borrow() const;
  void read_one(const Draw& draw, std::int64_t epoch, std::span<float> pixels, Transform* transform,
                Scratch& scratch) const;
  std::optional<Mix> mix_of(const Draw& draw, std::int64_t epoch) const;

  const Dataset& data_;
  const LoaderOptions& options_;
  const Shape shape_;
  const std::size_t pixels_;
  const Collator& collator_;
  const bool mixes_, follows_;
  const PicturePipeline pictures_;

  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Scratch>> spare_;  // not in use
  mutable std::size_t lent_ = 0;                         // made in all
};

}  // namespace ridgeline::data
