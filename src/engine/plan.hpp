#pragma once
// A plan is the list of steps that compute a shard with a given number of images, with planned
// memory. It never changes, and all workspaces and states share it.

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

/// The memory of a tensor.
enum class Space {
  input,     ///< the batch's images, owned by the caller
  weights,   ///< the state's plain arena; index: parameter
  packed,    ///< the state's copies in oneDNN's layouts; index: Plan::packed
  gradient,  ///< the shard's plain arena; index: parameter
  arena,     ///< the workspace's planned memory; index: Plan::buffers
  scratch,   ///< the workspace's memory for use inside one step
};

/// A tensor of a plan: its layout and its place in memory.
struct Tensor {
  dnn::Desc desc;
  Space space = Space::arena;
  std::size_t index = 0;
};

/// What a step of one shard's run knows in addition to its tensors.
struct ShardRun {
  int shard = 0;
  int shards = 1;           ///< the number of shards with images in this batch
  std::int64_t images = 0;  ///< of this shard
  std::int64_t first = 0;   ///< this shard's first image in the batch
  /// The range of this shard's images, for a step that works by images.
  std::int64_t begin = 0, end = 0;
  Share share;  ///< the part of each image, in a step that threads share
  std::int64_t batch_images = 0;
  std::span<const std::uint64_t> ids;  ///< of this shard's images; may be empty
  std::int64_t epoch = 0;
  std::uint64_t seed = 0;
  const Loss* loss = nullptr;
  Targets targets;             ///< of this shard's images
  double loss_scale = 1;       ///< for the gradient of the summed loss
  double* loss_sum = nullptr;  ///< this shard's
  double image_scale = 1;  ///< for the gradient of a sum over the images: 1 / images of the batch
  /// This shard's sum of activity penalties, to add to; or null.
  double* activity_sum = nullptr;
  std::vector<float*> values;  ///< memory for this shard's outputs; empty: not needed
  /// Numbers that shards exchange across a barrier. Those of shard s begin at exchange + s *
  /// stride.
  double* exchange = nullptr;
  double* step_seconds = nullptr;  ///< one number for each step, to add its time to; or null
  std::size_t exchange_stride = 0;
};

/// One of our own kernels, with operands in the order of the step's arguments. A kernel that works
/// by images is called for images [begin, end) of the shard, in order. It sets its sums to 0 when
/// begin is 0.
using Kernel = std::function<void(std::span<void* const> operands, const ShardRun& run)>;

/// The arithmetic of a step on all the shard's images.
struct Flops {
  std::int64_t nominal = 0;  ///< of the dense layer
  std::int64_t done = 0;     ///< an upper limit: a step may skip some of it
  Flops() = default;
  Flops(std::int64_t all) : nominal(all), done(all) {}
  Flops(std::int64_t all, std::int64_t some) : nominal(all), done(some) {}
};

struct Step {
  std::string name;            ///< "conv2d_1 forward"
  std::string implementation;  ///< oneDNN's name for it, or "ridgeline"
  Flops flops;
  dnnl::primitive primitive;                      ///< empty for a kernel of ours
  std::vector<std::pair<int, Tensor>> arguments;  ///< oneDNN's argument number, or 0, 1, ...
  Kernel kernel;
  bool barrier_after = false;  ///< every shard must finish it before the next step
  bool by_image = false;
  /// If a shard has several threads, each computes a part of every image.
  bool shared = false;
  /// Steps by image form groups. A group runs all its steps for `images_at_once` images, then for
  /// the next ones, so that each step finds its input in the cache. The first step of a group has
  /// the number of its steps. 1: a single step, which gets all images at once.
  std::size_t group = 1;
  std::int64_t images_at_once = 0;
};

/// Combines several parameters into one before use, for example a kernel and the normalisation
/// after it at inference.
struct Fold {
  std::vector<std::size_t> parameters;
  std::function<void(std::span<const float* const> parameters, float* folded)> make;
};

/// A copy of a parameter in another layout, made before the plan runs.
struct Packed {
  std::size_t parameter = 0;
  dnn::Desc from, to;
  /// The name of our own layout. Then `pack` makes the copy instead of oneDNN's reorder.
  std::string layout;
  std::function<void(const float* from, float* to)> pack;
  /// If set, it computes the numbers to copy, and `layout` distinguishes this copy from others.
  Fold fold = {};
};

/// The gradient of a dense kernel: dy^T x over all shards' images. No step computes it. The update
/// pass does, and uses it while it is still in the cache.
struct ProductGradient {
  std::size_t parameter;
  Tensor x, dy;  ///< images x inputs, images x outputs
  std::int64_t inputs, outputs;
  Flops flops;
};

inline bool same_copy(const Packed& a, const Packed& b) {
  return a.parameter == b.parameter && a.to == b.to && a.layout == b.layout;
}

/// The place of the sums over a layer's values in the shard's exchange area: the sum of squares,
/// the sum of absolute values, then the largest absolute value of each channel or unit.
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
  /// For a buffer that holds only the images that its group computes at a time: the bytes of one
  /// image. 0: the buffer holds all images.
  std::vector<std::size_t> image_bytes;
  std::size_t arena_bytes = 0;
  std::size_t unplanned_bytes = 0;  ///< the size of all buffers without shared memory
  std::size_t scratch_bytes = 0;
  std::size_t exchange = 0;        ///< doubles per shard
  std::vector<Observed> observed;  ///< one per node of an observed plan, otherwise empty
};

}  // namespace ridgeline::engine
