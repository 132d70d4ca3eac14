#pragma once
// Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy
// as 1, 2, 3", SC 2011). The name of a stream is its purpose, not the thread that draws first, so
// results do not depend on the number or the order of threads.

#include <array>
#include <cstdint>
#include <span>

namespace ridgeline {

/// What a stream of random numbers is for: streams of different purposes never overlap. `dropout`
/// is for all layers that draw.
enum class Purpose : std::uint32_t {
  initialize,
  shuffle,
  split,
  augment,
  dropout,
  sample,
  test,
  mix,
  picture
};

/// Philox4x32-10: four random words for a 128-bit counter and a 64-bit key.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key);

/// The stream of (seed, purpose, a, b): for example (seed, augment, epoch, image).
/// A and b are 32-bit: wider values are folded into the key.
class Random {
 public:
  Random(std::uint64_t seed, Purpose purpose, std::uint64_t a = 0, std::uint64_t b = 0);

  std::uint32_t bits();
  /// Uniform in [0, 1), 24 bits.
  float uniform();
  /// Uniform in [0, 1), 53 bits.
  double uniform_double();
  /// Standard normal (Box-Muller).
  double normal();
  /// Many of them, in single precision (both of each pair that Box-Muller gives).
  void normals(std::span<float> values);
  /// Beta(a, b), both above 0: G(a) / (G(a) + G(b)) of two gamma variates.
  double beta(double a, double b);
  /// Uniform integer in [0, bound); bound at least 1. No modulo bias.
  std::uint64_t below(std::uint64_t bound);

 private:
  double log_gamma(double shape);
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> block_{};
  unsigned used_ = 4;
};

/// Fisher-Yates.
template <typename T>
void shuffle(std::span<T> items, Random& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.below(i)]);
}

}  // namespace ridgeline
