// On every instruction set of this machine, kernels on bf16 give the rounded results of the same
// numbers in fp32.

#include "engine/kernels/bfloat16.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "engine/kernels/channels.hpp"
#include "engine/kernels/elementwise.hpp"
#include "engine/kernels/winograd.hpp"
#include "engine/normal.hpp"
#include "engine/targets.hpp"
#include "tensor/buffer.hpp"
#include "tensor/random.hpp"

namespace ridgeline::engine::kernels {
namespace {

using Floats = std::vector<float>;
using Halves = std::vector<Bf16>;

void on_every_target(const std::function<void(Random&)>& check) {
  kernels::on_every_target(8, [&](std::uint64_t draw) {
    Random random(draw, Purpose::test, 43);
    check(random);
  });
}

// By the definition: the nearer of the two neighbours with 16 bits or, if both are equally near,
// the even one.
std::uint16_t rounded(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t low = bits & 0xFFFF, high = bits >> 16;
  const bool up = low > 0x8000 || (low == 0x8000 && (high & 1) == 1);
  return static_cast<std::uint16_t>(high + (up ? 1 : 0));
}

float widened(Bf16 number) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(number.bits) << 16);
}

Halves rounded(const Floats& values) {
  Halves result;
  for (const float value : values) result.push_back({rounded(value)});
  return result;
}

Floats widened(const Halves& values) {
  Floats result;
  for (const Bf16 value : values) result.push_back(widened(value));
  return result;
}

Halves random_halves(std::size_t count, Random& random) {
  return rounded(normal(count, random));
}

void expect_rounded(const Halves& got, const Floats& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    ASSERT_EQ(got[i].bits, rounded(expected[i])) << i << ": " << expected[i];
  }
}

TEST(Bfloat16, RoundsToNearestAndKeepsToItsNumbers) {
  on_every_target([](Random& random) {
    const std::size_t count = 1 + random.below(70);
    Floats values = normal(count, random);
    for (const float special :
         {0.0F, -0.0F, 1.00390625F, 1.01171875F, 3.4e38F, 1e-40F, std::numeric_limits<float>::max(),
          std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()}) {
      values[random.below(count)] = special;
    }
    Halves narrowed(count + 1, Bf16{0x1234});
    narrow(values.data(), static_cast<std::int64_t>(count), narrowed.data());
    EXPECT_EQ(narrowed.back().bits, 0x1234);
    narrowed.pop_back();
    expect_rounded(narrowed, values);

    Floats back(count + 1, 7);
    widen(narrowed.data(), static_cast<std::int64_t>(count), back.data());
    EXPECT_EQ(back.back(), 7);
    for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(back[i], widened(narrowed[i]));

    const float nan = std::numeric_limits<float>::quiet_NaN();
    narrow(&nan, 1, narrowed.data());
    EXPECT_TRUE(std::isnan(widened(narrowed[0])));
  });
}

TEST(Bfloat16, ReluBackward) {
  on_every_target([](Random& random) {
    const std::size_t count = 1 + random.below(100);
    const Halves dy = random_halves(count, random), y = random_halves(count, random);
    Halves got(count);
    Floats expected(count);
    relu_backward(dy.data(), y.data(), {.slope = 0.1F}, static_cast<std::int64_t>(count),
                  got.data());
    relu_backward(widened(dy).data(), widened(y).data(), {.slope = 0.1F},
                  static_cast<std::int64_t>(count), expected.data());
    expect_rounded(got, expected);
  });
}

TEST(Bfloat16, Channels) {
  on_every_target([](Random& random) {
    const auto below = [&](std::uint64_t most) {
      return 1 + static_cast<std::int64_t>(random.below(most));
    };
    ChannelView view{.images = below(3), .blocks = 1, .pixels = below(90)};
    (random.below(2) == 0 ? view.blocks : view.lanes) = below(40);
    if (view.lanes == 0) view.lanes = 1;
    view.channels = view.padded_channels();
    const auto channels = static_cast<std::size_t>(view.channels);
    const auto count = static_cast<std::size_t>(view.images * view.pixels) * channels;
    const Halves x = random_halves(count, random), dy = random_halves(count, random),
                 residual = random_halves(count, random);
    const Floats wide_x = widened(x), wide_dy = widened(dy), wide_residual = widened(residual);
    const Floats scale = normal(channels, random), shift = normal(channels, random);
    ChannelView half = view;
    half.type = dnn::bf16;

    std::vector<double> mean(channels), deviations(channels), half_mean(channels),
        half_deviations(channels);
    moments(view, wide_x.data(), mean.data(), deviations.data());
    moments(half, x.data(), half_mean.data(), half_deviations.data());
    EXPECT_EQ(mean, half_mean);
    EXPECT_EQ(deviations, half_deviations);

    Floats y(count);
    Halves half_y(count);
    affine(view, {wide_x.data(), scale.data(), shift.data(), y.data(), wide_residual.data(), 0.2F});
    affine(half, {x.data(), scale.data(), shift.data(), half_y.data(), residual.data(), 0.2F});
    expect_rounded(half_y, y);

    const Floats back_y = widened(half_y);
    for (const bool by_y : {false, true}) {
      const Returning from{wide_x.data(), wide_dy.data(), 0.2F,
                           scale.data(),  shift.data(),   by_y ? back_y.data() : nullptr};
      const Returning half_from{x.data(),     dy.data(),    0.2F,
                                scale.data(), shift.data(), by_y ? half_y.data() : nullptr};
      std::vector<double> sum(channels), product(channels), half_sum(channels),
          half_product(channels);
      Floats g(count);
      Halves half_g(count);
      gradient_sums(view, from, {shift.data(), scale.data(), sum.data(), product.data(), g.data()});
      gradient_sums(
          half, half_from,
          {shift.data(), scale.data(), half_sum.data(), half_product.data(), half_g.data()});
      EXPECT_EQ(sum, half_sum);
      EXPECT_EQ(product, half_product);
      expect_rounded(half_g, g);
      affine_pair(view, from, scale.data(), shift.data(), shift.data(), g.data());
      affine_pair(half, half_from, scale.data(), shift.data(), shift.data(), half_g.data());
      expect_rounded(half_g, g);
    }
  });
}

TEST(Bfloat16, Winograd) {
  on_every_target([](Random& random) {
    const auto below = [&](std::uint64_t most) {
      return 1 + static_cast<std::int64_t>(random.below(most));
    };
    Conv3x3 s{.channels = below(40), .height = below(9), .width = below(9), .filters = below(40)};
    s.top = s.left = 1;
    s.output_height = s.height;
    s.output_width = s.width;
    const std::int64_t images = below(3);
    const auto of = [&](std::int64_t size) { return static_cast<std::size_t>(images * size); };
    const Halves source = random_halves(of(s.source_size()), random);
    const Halves gradient = random_halves(of(s.output_size()), random);
    const Halves addend = random_halves(of(s.output_size()), random);
    const Floats kernel = normal(static_cast<std::size_t>(9 * s.channels * s.filters), random);
    Buffer<float> packed(static_cast<std::size_t>(s.packed_size()));
    conv3x3_pack(s, kernel.data(), packed.data());
    Buffer<std::byte> scratch(s.scratch());

    const Floats wide_source = widened(source), wide_gradient = widened(gradient),
                 wide_addend = widened(addend);
    Floats output(gradient.size());
    Halves half_output(gradient.size());
    conv3x3_forward(s, {.images = images,
                        .source = wide_source.data(),
                        .kernel = packed.data(),
                        .bias = nullptr,
                        .output = output.data(),
                        .addend = wide_addend.data(),
                        .mask = wide_gradient.data(),
                        .mask_slope = 0.5,
                        .scratch = scratch.data()});
    conv3x3_forward(s, {.images = images,
                        .source = source.data(),
                        .kernel = packed.data(),
                        .bias = nullptr,
                        .output = half_output.data(),
                        .addend = addend.data(),
                        .mask = gradient.data(),
                        .mask_slope = 0.5,
                        .scratch = scratch.data()});
    expect_rounded(half_output, output);

    Floats sums(static_cast<std::size_t>(s.packed_size())), half_sums(sums.size());
    conv3x3_backward_weights(s, {images, wide_source.data(), wide_gradient.data(), sums.data(),
                                 nullptr, scratch.data()});
    conv3x3_backward_weights(
        s, {images, source.data(), gradient.data(), half_sums.data(), nullptr, scratch.data()});
    EXPECT_EQ(sums, half_sums);
  });
}

}  // namespace
}  // namespace ridgeline::engine::kernels
