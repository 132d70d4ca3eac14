// 3x3 convolutions by Winograd's filtering on every instruction set that this machine runs, against
// plain loops.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "engine/kernels/winograd.hpp"
#include "engine/non_finite.hpp"
#include "engine/normal.hpp"
#include "engine/targets.hpp"
#include "tensor/buffer.hpp"
#include "tensor/random.hpp"

namespace ridgeline::engine::kernels {
namespace {

using Floats = std::vector<float>;
using Values = std::vector<double>;

// Calls use(source, kernel, output) with the indices of all products.
template <typename Use>
void for_products(const Conv3x3& s, std::int64_t images, Use use) {
  for (std::int64_t n = 0; n < images; ++n) {
    for (std::int64_t y = 0; y < s.output_height; ++y) {
      for (std::int64_t x = 0; x < s.output_width; ++x) {
        for (std::int64_t k = 0; k < 9; ++k) {
          const std::int64_t iy = y + k / 3 - s.top, ix = x + k % 3 - s.left;
          if (iy < 0 || iy >= s.height || ix < 0 || ix >= s.width) continue;
          for (std::int64_t f = 0; f < s.filters; ++f) {
            for (std::int64_t c = 0; c < s.channels; ++c) {
              use(static_cast<std::size_t>(((n * s.height + iy) * s.width + ix) * s.channels + c),
                  static_cast<std::size_t>((f * s.channels + c) * 9 + k),
                  static_cast<std::size_t>(
                      ((n * s.output_height + y) * s.output_width + x) * s.filters + f));
            }
          }
        }
      }
    }
  }
}

double error(const Floats& got, const Values& expected) {
  double square = 0, norm = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    square += std::pow(got[i] - expected[i], 2);
    norm += std::pow(expected[i], 2);
  }
  return std::sqrt(square / norm);
}

Conv3x3 random_shape(Random& random) {
  const auto below = [&](std::uint64_t most) {
    return static_cast<std::int64_t>(random.below(most));
  };
  Conv3x3 s{.channels = 1 + below(70), .height = 1 + below(12), .width = 1 + below(12)};
  s.filters = 1 + below(70);
  s.top = below(3);
  s.left = below(3);
  const std::int64_t bottom = below(3), right = below(3);
  s.output_height = std::max<std::int64_t>(1, s.height + s.top + bottom - 2);
  s.output_width = std::max<std::int64_t>(1, s.width + s.left + right - 2);
  return s;
}

// If `poisoned`, one of the operands has a number that is not finite.
void check(std::uint64_t seed, bool poisoned) {
  Random random(seed, Purpose::test, 41);
  const Conv3x3 s = random_shape(random);
  const auto images = 1 + static_cast<std::int64_t>(random.below(3));
  auto source = normal(images * s.source_size(), random);
  auto kernel = normal(9 * s.channels * s.filters, random);
  auto bias = normal(s.filters, random);
  auto gradient = normal(images * s.output_size(), random);
  auto addend = normal(images * s.output_size(), random);
  auto mask = normal(images * s.output_size(), random);
  const double slope = poisoned ? 0 : 0.25, mask_slope = poisoned ? 0 : 0.5;
  auto allowed = NonFinite::same;
  if (poisoned) {
    const Poison put = poison({&source, &kernel, &bias, &gradient, &addend, &mask}, random);
    // Winograd's sums also contain products of the kernel with the zeros of the padding.
    if (put.infinite() || put.operand == &kernel) allowed = NonFinite::spread;
  }
  const auto expect = [&](const Floats& got, const Values& expected, double most, const char* what,
                          NonFinite how) {
    if (poisoned) {
      expect_near(got, expected, 1e-3, what, how);
    } else {
      EXPECT_LT(error(got, expected), most) << what;
    }
  };
  Values output(gradient.size()), kernel_gradient(kernel.size()), bias_gradient(bias.size()),
      source_gradient(source.size());
  for_products(s, images, [&](std::size_t i, std::size_t k, std::size_t o) {
    output[o] += static_cast<double>(source[i]) * kernel[k];
    kernel_gradient[k] += static_cast<double>(source[i]) * gradient[o];
    source_gradient[i] += static_cast<double>(kernel[k]) * gradient[o];
  });
  Values ended = output;
  for (std::size_t o = 0; o < output.size(); ++o) {
    const std::size_t f = o % bias.size();
    bias_gradient[f] += gradient[o];
    output[o] += bias[f];
    ended[o] += bias[f] + addend[o];
    ended[o] = plain_relu_back(plain_relu(ended[o], slope), mask[o], mask_slope);
  }

  Buffer<std::byte> scratch(std::max(s.scratch(), s.backward().scratch()));
  Buffer<float> packed(static_cast<std::size_t>(s.packed_size()));
  conv3x3_pack(s, kernel.data(), packed.data());
  Floats got(output.size());
  conv3x3_forward(s, {.images = images,
                      .source = source.data(),
                      .kernel = packed.data(),
                      .bias = bias.data(),
                      .output = got.data(),
                      .scratch = scratch.data()});
  expect(got, output, 2e-6, "output", allowed);
  conv3x3_forward(s, {.images = images,
                      .source = source.data(),
                      .kernel = packed.data(),
                      .bias = bias.data(),
                      .output = got.data(),
                      .addend = addend.data(),
                      .slope = static_cast<float>(slope),
                      .mask = mask.data(),
                      .mask_slope = static_cast<float>(mask_slope),
                      .scratch = scratch.data()});
  expect(got, ended, 2e-6, "output, addend and masks", allowed);

  Buffer<float> turned(static_cast<std::size_t>(s.backward().packed_size()));
  conv3x3_pack_backward(s, kernel.data(), turned.data());
  got.assign(source.size(), 0);
  conv3x3_forward(s.backward(), {.images = images,
                                 .source = gradient.data(),
                                 .kernel = turned.data(),
                                 .bias = nullptr,
                                 .output = got.data(),
                                 .scratch = scratch.data()});
  expect(got, source_gradient, 2e-6, "source gradient", allowed);

  Floats sums(static_cast<std::size_t>(s.packed_size())), got_bias(bias.size());
  conv3x3_backward_weights(
      s, {images, source.data(), gradient.data(), sums.data(), got_bias.data(), scratch.data()});
  got.assign(kernel.size(), 0);
  conv3x3_sums_to_plain(s, sums.data(), got.data());
  expect(got, kernel_gradient, 2e-6, "kernel gradient", NonFinite::spread);
  expect(got_bias, bias_gradient, 1e-5, "bias gradient", NonFinite::same);
}

TEST(Winograd, ThreePassesOnEveryTarget) {
  on_every_target(12, [](std::uint64_t draw) { check(draw, false); });
}

TEST(Winograd, KeepsNanAndInfinityOnEveryTarget) {
  on_every_target(40, [](std::uint64_t draw) { check(draw, true); });
}

}  // namespace
}  // namespace ridgeline::engine::kernels
