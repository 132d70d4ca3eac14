// Poolings on every instruction set that this machine runs, against plain loops.

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "engine/kernels/pool2d.hpp"
#include "engine/non_finite.hpp"
#include "engine/normal.hpp"
#include "engine/targets.hpp"

namespace ridgeline::engine::kernels {
namespace {

using Floats = std::vector<float>;

Windows random_windows(Random& random) {
  const auto below = [&](std::uint64_t most) {
    return static_cast<std::int64_t>(random.below(most));
  };
  Windows w{.channels = 1 + below(40), .height = 1 + below(9), .width = 1 + below(9)};
  w.kernel_height = 1 + below(static_cast<std::uint64_t>(std::min<std::int64_t>(w.height, 4)));
  w.kernel_width = 1 + below(static_cast<std::uint64_t>(std::min<std::int64_t>(w.width, 4)));
  w.step_height = 1 + below(4);
  w.step_width = 1 + below(4);
  w.top = below(static_cast<std::uint64_t>(w.kernel_height));
  w.left = below(static_cast<std::uint64_t>(w.kernel_width));
  const std::int64_t bottom = below(static_cast<std::uint64_t>(w.kernel_height)),
                     right = below(static_cast<std::uint64_t>(w.kernel_width));
  w.pooled_height = (w.height + w.top + bottom - w.kernel_height) / w.step_height + 1;
  w.pooled_width = (w.width + w.left + right - w.kernel_width) / w.step_width + 1;
  return w;
}

// Calls use(pooled number, source number, position) for all pixels of all windows, in order.
template <typename Use>
void for_pixels(const Windows& w, std::int64_t images, Use use) {
  for (std::int64_t n = 0; n < images; ++n) {
    for (std::int64_t py = 0; py < w.pooled_height; ++py) {
      for (std::int64_t px = 0; px < w.pooled_width; ++px) {
        for (std::int64_t k = 0; k < w.kernel_height * w.kernel_width; ++k) {
          const std::int64_t y = py * w.step_height - w.top + k / w.kernel_width;
          const std::int64_t x = px * w.step_width - w.left + k % w.kernel_width;
          if (y < 0 || y >= w.height || x < 0 || x >= w.width) continue;
          for (std::int64_t c = 0; c < w.channels; ++c) {
            use(static_cast<std::size_t>(
                    ((n * w.pooled_height + py) * w.pooled_width + px) * w.channels + c),
                static_cast<std::size_t>(((n * w.height + y) * w.width + x) * w.channels + c), k);
          }
        }
      }
    }
  }
}

void expect_close(const Floats& got, const Floats& expected, const char* what) {
  expect_near(got, {expected.begin(), expected.end()}, 2e-6, what);
}

// A window with more positions than a byte can count.
Windows large_windows(Random& random) {
  Windows w{.channels = 1 + static_cast<std::int64_t>(random.below(20)), .height = 19, .width = 21};
  w.kernel_height = w.kernel_width = 17;
  w.pooled_height = w.pooled_width = 2;
  w.step_height = 2;
  w.step_width = 4;
  return w;
}

void check(std::uint64_t seed, bool poisoned) {
  Random random(seed, Purpose::test, 44);
  const Windows w = seed % 5 == 4 ? large_windows(random) : random_windows(random);
  const auto images = 1 + static_cast<std::int64_t>(random.below(3));
  const auto sources = static_cast<std::size_t>(images * w.source_size());
  const auto pools = static_cast<std::size_t>(images * w.pooled_size());
  Floats source = normal(sources, random);
  if (seed % 3 == 0) {
    for (float& v : source) v = std::round(v);  // ties
  }
  Floats gradient = normal(pools, random);
  if (poisoned) poison({&source, &gradient}, random);

  Floats maxima(pools, -INFINITY), sums(pools), counts(pools);
  std::vector<std::size_t> chosen(pools);
  for_pixels(w, images, [&](std::size_t p, std::size_t s, std::int64_t) {
    sums[p] += source[s];
    ++counts[p];
    if (counts[p] > 1 && !(source[s] > maxima[p] || std::isnan(source[s]))) return;
    maxima[p] = source[s];
    chosen[p] = s;
  });
  Floats max_gradient(sources), masked_gradient(sources), mean_gradient(sources);
  for (std::size_t p = 0; p < pools; ++p) {
    max_gradient[chosen[p]] += gradient[p];
    masked_gradient[chosen[p]] += static_cast<float>(plain_relu_back(gradient[p], maxima[p], 0.25));
  }
  Floats means(pools);
  for (std::size_t p = 0; p < pools; ++p) means[p] = sums[p] / counts[p];
  for_pixels(w, images, [&](std::size_t p, std::size_t s, std::int64_t) {
    mean_gradient[s] += gradient[p] / counts[p];
  });

  Floats pooled(pools), back(sources, 9);
  std::vector<std::int32_t> positions(static_cast<std::size_t>(images * w.positions_size()));
  max_pool(w, MaxPool<float>{images, source.data(), pooled.data(), nullptr});
  expect_close(pooled, maxima, "maxima alone");
  max_pool(w, MaxPool<float>{images, source.data(), pooled.data(), positions.data()});
  expect_close(pooled, maxima, "maxima");
  max_pool_backward(w,
                    MaxPoolBackward<float>{images, gradient.data(), positions.data(), back.data()});
  expect_close(back, max_gradient, "gradient of maxima");
  max_pool_backward(w, MaxPoolBackward<float>{images, gradient.data(), positions.data(),
                                              back.data(), pooled.data(), 0.25F});
  expect_close(back, masked_gradient, "gradient through a ReLU");
  average_pool(w, images, source.data(), pooled.data());
  expect_close(pooled, means, "means");
  average_pool_backward(w, images, gradient.data(), back.data());
  expect_close(back, mean_gradient, "gradient of means");

  // In bf16: numbers of bf16 give the same maxima, and rounded means.
  std::vector<Bf16> half(sources), half_pooled(pools), half_means(pools);
  narrow(source.data(), static_cast<std::int64_t>(sources), half.data());
  widen(half.data(), static_cast<std::int64_t>(sources), source.data());
  max_pool(w, MaxPool<float>{images, source.data(), pooled.data(), nullptr});
  max_pool(w, MaxPool<Bf16>{images, half.data(), half_pooled.data(), nullptr});
  Floats wide(pools);
  widen(half_pooled.data(), static_cast<std::int64_t>(pools), wide.data());
  expect_close(wide, pooled, "maxima in bf16");
  average_pool(w, images, source.data(), pooled.data());
  narrow(pooled.data(), static_cast<std::int64_t>(pools), half_means.data());
  average_pool(w, images, half.data(), half_pooled.data());
  EXPECT_EQ(std::memcmp(half_means.data(), half_pooled.data(), pools * sizeof(Bf16)), 0);
}

TEST(Pool2D, MaximaAndMeansOnEveryTarget) {
  on_every_target(30, [](std::uint64_t draw) { check(draw, false); });
}

TEST(Pool2D, KeepsNanAndInfinityOnEveryTarget) {
  on_every_target(100, [](std::uint64_t draw) { check(draw, true); });
}

}  // namespace
}  // namespace ridgeline::engine::kernels
