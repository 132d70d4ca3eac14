// The fused kernel on every instruction set that this machine runs, against plain loops.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "engine/kernels/conv_pool.hpp"
#include "engine/non_finite.hpp"
#include "engine/normal.hpp"
#include "engine/targets.hpp"
#include "tensor/buffer.hpp"
#include "tensor/random.hpp"

namespace ridgeline::engine::kernels {
namespace {

using Values = std::vector<double>;

/// By definition, with the plain kernel.
struct Plain {
  const ConvPool& s;
  const std::vector<float>&source, &kernel, &bias, &gradient;
  Values pooled, kernel_gradient, bias_gradient, source_gradient;

  std::size_t source_at(std::int64_t y, std::int64_t x, std::int64_t c) const {
    return static_cast<std::size_t>((y * s.width + x) * s.channels + c);
  }
  std::size_t kernel_at(std::int64_t f, std::int64_t c, std::int64_t y, std::int64_t x) const {
    return static_cast<std::size_t>(((f * s.channels + c) * s.kernel_height + y) * s.kernel_width +
                                    x);
  }
  template <typename F>
  void taps(std::int64_t f, std::int64_t y, std::int64_t x, F use) const {
    for (std::int64_t c = 0; c < s.channels; ++c) {
      for (std::int64_t ky = 0; ky < s.kernel_height; ++ky) {
        for (std::int64_t kx = 0; kx < s.kernel_width; ++kx) {
          use(source_at(y * s.stride_height + ky, x * s.stride_width + kx, c),
              kernel_at(f, c, ky, kx));
        }
      }
    }
  }
  double convolution(std::int64_t f, std::int64_t y, std::int64_t x) const {
    double sum = 0;
    taps(f, y, x,
         [&](std::size_t i, std::size_t k) { sum += static_cast<double>(source[i]) * kernel[k]; });
    return sum;
  }
  void run() {
    kernel_gradient.assign(kernel.size(), 0);
    source_gradient.assign(source.size(), 0);
    bias_gradient.assign(bias.size(), 0);
    for (std::int64_t w = 0; w < s.windows(); ++w) {
      const std::int64_t y = w / s.pooled_width * s.step_height;
      const std::int64_t x = w % s.pooled_width * s.step_width;
      for (std::int64_t f = 0; f < s.filters; ++f) window(w * s.filters + f, f, y, x);
    }
  }
  void window(std::int64_t output, std::int64_t f, std::int64_t y, std::int64_t x) {
    double best = 0;
    std::int64_t where = 0;
    for (std::int64_t p = 0; p < s.positions(); ++p) {
      const double v = convolution(f, y + p / s.window_width, x + p % s.window_width);
      if (p == 0 || v > best || std::isnan(v)) {
        best = v;
        where = p;
      }
    }
    best += bias[static_cast<std::size_t>(f)];
    const double slope = s.relu ? s.slope : 1;
    pooled.push_back(plain_relu(best, slope));
    const double g =
        plain_relu_back(gradient[static_cast<std::size_t>(output)], pooled.back(), slope);
    bias_gradient[static_cast<std::size_t>(f)] += g;
    if (g == 0) return;  // the sparse gradient, which has no products with 0
    taps(f, y + where / s.window_width, x + where % s.window_width,
         [&](std::size_t i, std::size_t k) {
           kernel_gradient[k] += g * source[i];
           source_gradient[i] += g * kernel[k];
         });
  }
};

constexpr double tolerance = 2e-4;

// If `poisoned`, one of the operands has a number that is not finite.
void compare(const ConvPool& s, Random& random, bool poisoned = false) {
  auto source = normal(s.height * s.row(), random);
  auto kernel = normal(s.filters * s.kernel_size(), random);
  auto bias = normal(s.filters, random);
  auto gradient = normal(s.windows() * s.filters, random);
  const bool infinite = poisoned && poison({&source, &kernel, &bias, &gradient}, random).infinite();
  Plain plain{s, source, kernel, bias, gradient, {}, {}, {}, {}};
  plain.run();

  std::vector<float> packed(static_cast<std::size_t>(s.packed_size())),
      folded(static_cast<std::size_t>(fold_packed_size(s)));
  conv_pool_pack(s, kernel.data(), packed.data());
  fold_pack(s, kernel.data(), folded.data());
  std::vector<std::byte> scratch(std::max(s.forward_scratch(), s.backward_scratch()));
  std::vector<float> pooled(gradient.size());
  std::vector<std::uint8_t> chosen(static_cast<std::size_t>(s.windows() * s.padded_filters()));
  conv_pool_forward(
      s, {source.data(), packed.data(), bias.data(), pooled.data(), chosen.data(), scratch.data()});
  expect_near(pooled, plain.pooled, tolerance, "pooled");
  if (winograd_fits(s)) {
    std::vector<float> transformed(static_cast<std::size_t>(winograd_packed_size(s)));
    winograd_pack(s, kernel.data(), transformed.data());
    std::vector<std::byte> room(winograd_scratch(s));
    std::fill(pooled.begin(), pooled.end(), NAN);
    std::fill(chosen.begin(), chosen.end(), std::uint8_t{255});
    winograd_forward(s, {source.data(), transformed.data(), bias.data(), pooled.data(),
                         chosen.data(), room.data()});
    expect_near(pooled, plain.pooled, tolerance, "pooled by Winograd",
                infinite ? NonFinite::spread : NonFinite::same);
    if (infinite) return;  // it may choose other positions
  }

  std::vector<float> by_rows(kernel.size()), kernel_gradient(kernel.size()),
      bias_gradient(bias.size()), source_gradient(source.size());
  conv_pool_backward(
      s, {source.data(), folded.data(), pooled.data(), chosen.data(), gradient.data(),
          by_rows.data(), bias_gradient.data(), source_gradient.data(), scratch.data()});
  rows_to_plain(s, by_rows.data(), kernel_gradient.data());
  expect_near(kernel_gradient, plain.kernel_gradient, tolerance, "kernel gradient");
  expect_near(bias_gradient, plain.bias_gradient, tolerance, "bias gradient");
  expect_near(source_gradient, plain.source_gradient, tolerance, "source gradient");

  if (!lookup_fits(s)) return;
  Buffer<float> looked_up(static_cast<std::size_t>(s.packed_size()));
  Buffer<std::byte> room(lookup_scratch(s));
  std::ranges::fill(bias_gradient, 0.0F);
  conv_pool_lookup(s, {source.data(), nullptr, pooled.data(), chosen.data(), gradient.data(),
                       looked_up.data(), bias_gradient.data(), nullptr, room.data()});
  lookup_to_plain(s, looked_up.data(), kernel_gradient.data());
  expect_near(kernel_gradient, plain.kernel_gradient, tolerance, "kernel gradient by lookup",
              NonFinite::spread);  // it computes the products with 0
  expect_near(bias_gradient, plain.bias_gradient, tolerance, "bias gradient by lookup");
}

std::int64_t pick(Random& random, std::initializer_list<std::int64_t> values) {
  return values.begin()[random.below(values.size())];
}

ConvPool draw(Random& r) {
  ConvPool s{.channels = pick(r, {1, 2, 3, 5, 16, 33}),
             .filters = pick(r, {1, 3, 16, 17, 32, 50}),
             .kernel_height = pick(r, {1, 2, 3, 5, 7}),
             .kernel_width = pick(r, {1, 2, 3, 5, 7}),
             .stride_height = pick(r, {1, 1, 2}),
             .stride_width = pick(r, {1, 1, 3}),
             .window_height = pick(r, {1, 2, 3}),
             .window_width = pick(r, {1, 2, 2, 3}),
             .step_height = pick(r, {1, 2, 3}),
             .step_width = pick(r, {1, 2, 3}),
             .pooled_height = pick(r, {1, 2, 3}),
             .pooled_width = pick(r, {1, 2, 4, 8}),
             .relu = r.below(2) == 0,
             .slope = r.below(2) == 0 ? 0.0F : 0.1F};
  // The rows and columns that the last window needs, and sometimes more, which are not read.
  const auto rest = [&] { return static_cast<std::int64_t>(r.below(3)); };
  const std::int64_t rows = (s.pooled_height - 1) * s.step_height + s.window_height;
  s.height = (rows - 1) * s.stride_height + s.kernel_height + rest();
  s.width = (s.columns() - 1) * s.stride_width + s.kernel_width + rest();
  return s;
}

/// A convolution for which Winograd's algorithm can be used.
ConvPool draw_winograd(Random& r) {
  ConvPool s = draw(r);
  s.kernel_height = s.kernel_width = 3;
  s.stride_height = s.stride_width = 1;
  s.window_height = s.window_width = s.step_height = s.step_width = 2;
  s.height = 2 * s.pooled_height + 2 + static_cast<std::int64_t>(r.below(2));
  s.width = 2 * s.pooled_width + 2 + static_cast<std::int64_t>(r.below(2));
  return s;
}

TEST(ConvPoolKernel, AgreesWithPlainLoopsOnEveryTarget) {
  on_every_target(120, [](std::uint64_t n) {
    Random random(n, Purpose::test, 4);
    const ConvPool shape = n % 3 == 0 ? draw_winograd(random) : draw(random);
    EXPECT_TRUE(n % 3 != 0 || winograd_fits(shape));
    compare(shape, random);
  });
}

TEST(ConvPoolKernel, KeepsNanAndInfinityOnEveryTarget) {
  on_every_target(240, [](std::uint64_t n) {
    Random random(n, Purpose::test, 5);
    compare(n % 3 == 0 ? draw_winograd(random) : draw(random), random, true);
  });
}

TEST(ConvPoolKernel, TheFirstOfEqualPositionsIsChosen) {
  const ConvPool s{.channels = 1,
                   .height = 2,
                   .width = 2,
                   .filters = 1,
                   .window_height = 2,
                   .window_width = 2,
                   .pooled_height = 1,
                   .pooled_width = 1};
  const std::vector<float> source(4, 1.5F);
  std::vector<float> packed(16), pooled(1);
  packed[0] = 1;
  std::vector<std::uint8_t> chosen(16, 9);
  std::vector<std::byte> scratch(s.forward_scratch());
  conv_pool_forward(
      s, {source.data(), packed.data(), nullptr, pooled.data(), chosen.data(), scratch.data()});
  EXPECT_EQ(pooled[0], 1.5F);
  EXPECT_EQ(chosen[0], 0);
}

}  // namespace
}  // namespace ridgeline::engine::kernels
