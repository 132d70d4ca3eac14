#pragma once
// A plan: what is computed for a shard of a given number of images, in order, over planned
// memory. Immutable once built and shared by every workspace and state.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/onednn.hpp"
#include "engine/share.hpp"
#include "ridgeline/loss.hpp"

namespace ridgeline::engine {

/// The memory that a tensor lies in.
enum class Space {
  input,     ///< the batch's images, the caller's
  weights,   ///< the state's plain arena; index: parameter
  packed,    ///< the state's copies in oneDNN's layouts; index: Plan::packed
  gradient,  ///< the shard's plain arena; index: parameter
  arena,     ///< the workspace's planned memory; index: Plan::buffers
  scratch,   ///< the workspace's, used inside one step
};

/// A tensor of a plan: its layout and where it lies.
struct Tensor {
  dnn::Desc desc;
  Space space = Space::arena;
  std::size_t index = 0;
};

/// What one shard's run knows beside its tensors.
struct ShardRun {
  int shard = 0;
  int shards = 1;                   ///< that have images in this batch
  std::int64_t images = 0;          ///< of this shard
  std::int64_t first = 0;           ///< this shard's first image in the batch
  std::int64_t begin = 0, end = 0;  ///< of this shard's images, for a step that works by images
  Share share;                      ///< of each image, in a step that threads share
  std::int64_t batch_images = 0;
  std::span<const std::uint64_t> ids;  ///< of this shard's images; may be empty
  std::int64_t epoch = 0;
  std::uint64_t seed = 0;
  const Loss* loss = nullptr;
  Targets targets;             ///< of this shard's images
  double loss_scale = 1;       ///< of the gradient of the summed loss
  double* loss_sum = nullptr;  ///< this shard's
  double image_scale = 1;      ///< of the gradient of a sum over the images: 1 / the batch's
  /// This shard's sum of its activations' penalties, which is added to; or null.
  double* activity_sum = nullptr;
  std::vector<float*> values;  ///< where this shard's outputs go; empty: nowhere
  /// Numbers that shards show each other across a barrier: shard s's begin at exchange + s *
  /// stride.
  double* exchange = nullptr;
  double* step_seconds = nullptr;  ///< a number a step that its time is added to; or null
  std::size_t exchange_stride = 0;
};

/// One of our own kernels, its operands in the order of its step's arguments. One that works by
/// images is called for images [begin, end) of the shard, in order, and sets up what it adds to
/// when begin is 0.
using Kernel = std::function<void(std::span<void* const> operands, const ShardRun& run)>;

/// The arithmetic of a step on all the shard's images.
struct Flops {
  std::int64_t nominal = 0;  ///< of the dense layer
  std::int64_t done = 0;     ///< at most, where a step finds a way round some of it
  Flops() = default;
  Flops(std::int64_t all) : nominal(all), done(all) {}
  Flops(std::int64_t all, std::int64_t some) : nominal(all), done(some) {}
};

struct Step {
  std::string name;            ///< "conv2d_1 forward"
  std::string implementation;  ///< oneDNN's name for it, or "ridgeline"
  Flops flops;
  dnnl::primitive primitive;                      ///< empty for a kernel of ours
  std::vector<std::pair<int, Tensor>> arguments;  ///< oneDNN's argument, or a running number
  Kernel kernel;
  bool barrier_after = false;  ///< every shard must have done it before the next step
  bool by_image = false;
  /// Where a shard has several threads, each does its share of an image: a tile of it.
  bool shared = false;
  /// A group of steps by image goes through the images side by side, so many at a time, so that
  /// what one step writes is still in the cache when the next reads it. Of its first step how many
  /// they are; 1: a step alone, all images at once.
  std::size_t group = 1;
  std::int64_t images_at_once = 0;
};

/// What a parameter and others become before they are computed with, as a kernel and the
/// normalisation behind it at inference.
struct Fold {
  std::vector<std::size_t> parameters;
  std::function<void(std::span<const float* const> parameters, float* folded)> make;
};

/// A copy of a parameter in another layout, made before the plan runs.
struct Packed {
  std::size_t parameter = 0;
  dnn::Desc from, to;
  /// A layout of our own has a name, and makes the copy in the place of oneDNN's reorder.
  std::string layout;
  std::function<void(const float* from, float* to)> pack;
  /// Where it is set, it makes what is copied; then `layout` tells it from others.
  Fold fold = {};
};

/// The gradient of a dense kernel, which no step computes: dy^T x over all shards' images, in the
/// update pass, where it is used up while it is still in the cache.
struct ProductGradient {
  std::size_t parameter;
  Tensor x, dy;  ///< images x inputs, images x outputs
  std::int64_t inputs, outputs;
  Flops flops;
};

inline bool same_copy(const Packed& a, const Packed& b) {
  return a.parameter == b.parameter && a.to == b.to && a.layout == b.layout;
}

/// Where a plan leaves the sums over a layer's values, in the shard's exchange area: of squares, of
/// absolute values, then the largest absolute value of each channel or unit.
struct Observed {
  std::size_t offset = 0;
  std::int64_t channels = 0;
  std::int64_t positions = 0;  ///< of a channel, in one image
};

struct Plan {
  std::int64_t images = 0;
  bool training = false;
  Head head = Head::output;
  std::vector<Step> steps;
  std::vector<ProductGradient> products;
  std::vector<Packed> packed;
  std::vector<std::size_t> offsets;  ///< of each buffer in the arena, in bytes
  /// Of a buffer that holds no more images than its group has in hand at a time: the bytes of one.
  /// 0: all images are there.
  std::vector<std::size_t> image_bytes;
  std::size_t arena_bytes = 0;
  std::size_t unplanned_bytes = 0;  ///< what the buffers would take side by side
  std::size_t scratch_bytes = 0;
  std::size_t exchange = 0;        ///< doubles per shard
  std::vector<Observed> observed;  ///< one per node, where they are
};

}  // namespace ridgeline::engine
