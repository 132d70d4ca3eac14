// Poolings on every instruction set that this machine runs, against plain loops.

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "engine/kernels/pool2d.hpp"
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

void expect_near(const Floats& got, const Floats& expected) {
  for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_NEAR(got[i], expected[i], 2e-6) << i;
}

void check(std::uint64_t seed) {
  Random random(seed, Purpose::test, 44);
  const Windows w = random_windows(random);
  const auto images = 1 + static_cast<std::int64_t>(random.below(3));
  const auto sources = static_cast<std::size_t>(images * w.source_size());
  const auto pools = static_cast<std::size_t>(images * w.pooled_size());
  Floats source = normal(sources, random);
  if (seed % 3 == 0) {
    for (float& v : source) v = std::round(v);  // ties
  }
  const Floats gradient = normal(pools, random);

  Floats maxima(pools, -INFINITY), sums(pools), counts(pools);
  std::vector<std::size_t> chosen(pools);
  for_pixels(w, images, [&](std::size_t p, std::size_t s, std::int64_t) {
    sums[p] += source[s];
    ++counts[p];
    if (source[s] <= maxima[p]) return;
    maxima[p] = source[s];
    chosen[p] = s;
  });
  Floats max_gradient(sources), masked_gradient(sources), mean_gradient(sources);
  for (std::size_t p = 0; p < pools; ++p) {
    max_gradient[chosen[p]] += gradient[p];
    masked_gradient[chosen[p]] += maxima[p] > 0 ? gradient[p] : 0.25F * gradient[p];
  }
  Floats means(pools);
  for (std::size_t p = 0; p < pools; ++p) means[p] = sums[p] / counts[p];
  for_pixels(w, images, [&](std::size_t p, std::size_t s, std::int64_t) {
    mean_gradient[s] += gradient[p] / counts[p];
  });

  Floats pooled(pools), back(sources, 9);
  std::vector<std::uint8_t> positions(static_cast<std::size_t>(images * w.positions_size()));
  max_pool(w, MaxPool<float>{images, source.data(), pooled.data(), nullptr});
  EXPECT_EQ(pooled, maxima);
  max_pool(w, MaxPool<float>{images, source.data(), pooled.data(), positions.data()});
  EXPECT_EQ(pooled, maxima);
  max_pool_backward(w,
                    MaxPoolBackward<float>{images, gradient.data(), positions.data(), back.data()});
  expect_near(back, max_gradient);
  max_pool_backward(w, MaxPoolBackward<float>{images, gradient.data(), positions.data(),
                                              back.data(), pooled.data(), 0.25F});
  expect_near(back, masked_gradient);
  average_pool(w, images, source.data(), pooled.data());
  expect_near(pooled, means);
  average_pool_backward(w, images, gradient.data(), back.data());
  expect_near(back, mean_gradient);

  // In bf16: on numbers of bf16 the same maxima, and means rounded.
  std::vector<Bf16> half(sources), half_pooled(pools), half_means(pools);
  narrow(source.data(), static_cast<std::int64_t>(sources), half.data());
  widen(half.data(), static_cast<std::int64_t>(sources), source.data());
  max_pool(w, MaxPool<float>{images, source.data(), pooled.data(), nullptr});
  max_pool(w, MaxPool<Bf16>{images, half.data(), half_pooled.data(), nullptr});
  Floats wide(pools);
  widen(half_pooled.data(), static_cast<std::int64_t>(pools), wide.data());
  EXPECT_EQ(wide, pooled);
  average_pool(w, images, source.data(), pooled.data());
  narrow(pooled.data(), static_cast<std::int64_t>(pools), half_means.data());
  average_pool(w, images, half.data(), half_pooled.data());
  EXPECT_EQ(std::memcmp(half_means.data(), half_pooled.data(), pools * sizeof(Bf16)), 0);
}

TEST(Pool2D, MaximaAndMeansOnEveryTarget) {
  on_every_target(30, check);
}

}  // namespace
}  // namespace ridgeline::engine::kernels
