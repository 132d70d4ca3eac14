#pragma once
// Which images an epoch consists of. Without a sampler each image comes once; a balanced epoch
// draws every class equally often, so that an image may come several times.

#include <cstdint>
#include <vector>

#include "ridgeline/dataset.hpp"
#include "tensor/random.hpp"

namespace ridgeline::data {

/// One image of an epoch.
struct Draw {
  std::size_t image = 0;     ///< its index in the data
  std::uint32_t repeat = 0;  ///< how often the epoch has drawn it before
  friend bool operator==(const Draw&, const Draw&) = default;
};

/// The identity of a draw for random numbers. Two draws of the same image have different ones, and
/// the first draw has the identity of the image. `image` is below 2^32.
constexpr std::uint64_t draw_id(std::uint64_t image, std::uint32_t repeat) {
  return image | std::uint64_t{repeat} << 32;
}
constexpr std::uint64_t image_of(std::uint64_t draw_id) {
  return draw_id & 0xFFFFFFFF;
}
constexpr std::uint64_t repeat_of(std::uint64_t draw_id) {
  return draw_id >> 32;
}

/// Each image once, in the data's order.
std::vector<Draw> all_in_order(std::size_t images);

class BalancedSampling {
 public:
  /// Throws UsageError for images without classes. Soft labels count as their most probable class.
  explicit BalancedSampling(const Dataset& data);

  /// As many draws as there are images. Each class that has images gets the same number of them, to
  /// within one. No image of a class is drawn again before all others of the class were drawn.
  /// Depends on (seed, epoch) alone.
  std::vector<Draw> epoch(std::uint64_t seed, std::uint64_t epoch) const;
  /// One image. All classes are equally probable, and so are all images of a class.
  std::size_t draw_image(Random& random) const;

 private:
  std::size_t images_;
  std::vector<std::vector<std::size_t>> classes_;  // only classes that have images
};

}  // namespace ridgeline::data
