// NaN and infinity in the kernels without plain loops in a test of their own, on every
// instruction set that this machine runs.

#include "engine/non_finite.hpp"

#include <algorithm>

#include "engine/kernels/activity.hpp"
#include "engine/kernels/channels.hpp"
#include "engine/kernels/dense.hpp"
#include "engine/kernels/elementwise.hpp"
#include "engine/kernels/group_lasso.hpp"
#include "engine/kernels/transpose.hpp"
#include "engine/kernels/update_kernels.hpp"
#include "engine/normal.hpp"
#include "engine/targets.hpp"
#include "tensor/buffer.hpp"

namespace ridgeline::engine::kernels {
namespace {

using Floats = std::vector<float>;
using Values = std::vector<double>;

std::int64_t size_of(const Floats& values) {
  return static_cast<std::int64_t>(values.size());
}

std::vector<Bf16> narrowed(const Floats& values) {
  std::vector<Bf16> half(values.size());
  narrow(values.data(), size_of(values), half.data());
  return half;
}
Floats widened(const std::vector<Bf16>& half) {
  Floats values(half.size());
  widen(half.data(), size_of(values), values.data());
  return values;
}

// Numbers of every kind, enough for whole vectors and a rest.
Floats all_kinds() {
  Floats numbers;
  for (int i = 0; i < 7; ++i) {
    for (const float v : {0.0F, -0.0F, 1.5F, -2.0F}) numbers.push_back(v);
    const Floats others = non_finite_numbers();
    numbers.insert(numbers.end(), others.begin(), others.end());
  }
  return numbers;
}

Values mapped(const Floats& x, const std::function<double(double)>& f) {
  Values y;
  for (const float v : x) y.push_back(f(v));
  return y;
}

TEST(NonFinite, RoundingToBf16KeepsThem) {
  on_every_target(1, [](std::uint64_t) {
    Floats numbers = all_kinds();
    expect_near(widened(narrowed(numbers)), {numbers.begin(), numbers.end()}, 0, "bf16");
  });
}

TEST(NonFinite, Relus) {
  on_every_target(1, [](std::uint64_t) {
    const Floats x = all_kinds();
    const auto half = narrowed(x);
    for (const float slope : {0.0F, 0.25F, 1.0F}) {
      const Values expected = mapped(x, [&](double v) { return plain_relu(v, slope); });
      Floats y(x.size());
      relu(x.data(), {.slope = slope}, size_of(x), y.data());
      expect_near(y, expected, 0, "relu");
      std::vector<Bf16> half_y(x.size());
      relu(half.data(), {.slope = slope}, size_of(x), half_y.data());
      expect_near(widened(half_y), expected, 0, "relu in bf16");
      for (std::size_t turn = 0; turn < x.size(); ++turn) {
        Floats dy = x;
        std::ranges::rotate(dy, dy.begin() + static_cast<std::ptrdiff_t>(turn));
        Values back;
        for (std::size_t i = 0; i < x.size(); ++i) {
          back.push_back(plain_relu_back(dy[i], x[i], slope));
        }
        Floats dx(x.size());
        relu_backward(dy.data(), x.data(), {.slope = slope}, size_of(x), dx.data());
        expect_near(dx, back, 0, "relu backward");
        const auto half_dy = narrowed(dy);
        relu_backward(half_dy.data(), half.data(), {.slope = slope}, size_of(x), half_y.data());
        expect_near(widened(half_y), back, 0, "relu backward in bf16");
      }
    }
  });
}

TEST(NonFinite, SumsTranspositionsAndActivityPenalties) {
  on_every_target(40, [](std::uint64_t draw) {
    Random random(draw, Purpose::test, 6);
    const std::int64_t rows = 1 + static_cast<std::int64_t>(random.below(9)), columns = 13;
    Floats a = normal(static_cast<std::size_t>(rows * columns), random),
           b = normal(a.size(), random);
    poison({&a, &b}, random);
    Floats to(a.size());
    sum(a.data(), b.data(), size_of(a), to.data());
    Values expected, turned(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) expected.push_back(double(a[i]) + b[i]);
    expect_near(to, expected, 1e-6, "sum");
    transpose(a.data(), rows, columns, to.data());
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t c = 0; c < columns; ++c) {
        turned[static_cast<std::size_t>(c * rows + r)] =
            a[static_cast<std::size_t>(r * columns + c)];
      }
    }
    expect_near(to, turned, 0, "transposition");

    const ActivitySums sums = activity_sums(a.data(), size_of(a));
    double squares = 0, absolutes = 0;
    for (const double v : a) squares += v * v, absolutes += std::abs(v);
    EXPECT_EQ(std::isnan(sums.squares), std::isnan(squares));
    EXPECT_EQ(std::isinf(sums.absolutes), std::isinf(absolutes));
    activity_gradient(b.data(), a.data(), {0.5F, 0.25F}, size_of(a), to.data());
    for (std::size_t i = 0; i < a.size(); ++i) {
      expected[i] = b[i] + 0.5 * a[i] + (a[i] > 0 ? 0.25 : -0.25);
    }
    expect_near(to, expected, 1e-6, "gradient of the activity penalty");
  });
}

TEST(NonFinite, DenseLayers) {
  on_every_target(60, [](std::uint64_t draw) {
    Random random(draw, Purpose::test, 7);
    const DenseShape s{1 + static_cast<std::int64_t>(random.below(9)),
                       1 + static_cast<std::int64_t>(random.below(70)),
                       1 + static_cast<std::int64_t>(random.below(40))};
    const auto size = [](std::int64_t count) { return static_cast<std::size_t>(count); };
    Floats x = normal(size(s.images * s.inputs), random),
           w = normal(size(s.outputs * s.inputs), random), bias = normal(size(s.outputs), random),
           dy = normal(size(s.images * s.outputs), random);
    poison({&x, &w, &bias, &dy}, random);
    const float slope = draw % 2 == 0 ? 0 : 0.25F;
    Values y, dx(x.size()), dw(w.size()), db(bias.size());
    for (std::int64_t n = 0; n < s.images; ++n) {
      for (std::int64_t o = 0; o < s.outputs; ++o) {
        const double g = dy[size(n * s.outputs + o)];
        double sum = bias[size(o)];
        db[size(o)] += g;
        for (std::int64_t i = 0; i < s.inputs; ++i) {
          const double v = x[size(n * s.inputs + i)], weight = w[size(o * s.inputs + i)];
          sum += v * weight;
          dw[size(o * s.inputs + i)] += g * v;
          dx[size(n * s.inputs + i)] += g * weight;
        }
        y.push_back(plain_relu(sum, slope));
      }
    }
    Floats got(y.size()), got_x(x.size()), got_w(w.size()), got_bias(bias.size());
    dense_forward(s, {x.data(), w.data(), bias.data(), got.data(), true, slope});
    expect_near(got, y, 1e-4, "dense");
    dense_backward_data(s, w.data(), dy.data(), got_x.data());
    expect_near(got_x, dx, 1e-4, "gradient of the source");
    const DensePart part{x.data(), dy.data(), s.images};
    dense_kernel_gradient({&part, 1}, {s.inputs, s.outputs, 0, s.outputs}, got_w.data());
    expect_near(got_w, dw, 1e-4, "gradient of the kernel");
    dense_bias_gradient(s, dy.data(), got_bias.data());
    expect_near(got_bias, db, 1e-4, "gradient of the bias");
  });
}

// An image batch of batch normalisation's loops, in one of its layouts.
struct Normalised {
  ChannelView view;
  Floats x, dy, residual, scale, shift;
  float slope = 0;

  std::size_t channel(std::size_t i) const {
    const auto at = static_cast<std::int64_t>(i);
    return static_cast<std::size_t>(view.lanes == 1 ? at / view.pixels % view.channels
                                                    : at % view.channels);
  }
  double before_relu(std::size_t i) const {
    const std::size_t c = channel(i);
    return double(scale[c]) * x[i] + shift[c] + residual[i];
  }
};

void expect_normalised(const Normalised& n, const float* result, const char* what) {
  Values expected;
  for (std::size_t i = 0; i < n.x.size(); ++i) {
    expected.push_back(plain_relu(n.before_relu(i), n.slope));
  }
  expect_near({result, n.x.size()}, expected, n.view.type == dnn::bf16 ? 0.03 : 1e-5, what);
}

TEST(NonFinite, ChannelLoops) {
  on_every_target(80, [](std::uint64_t draw) {
    Random random(draw, Purpose::test, 8);
    const std::int64_t images = 2, channels = 1 + static_cast<std::int64_t>(random.below(20)),
                       pixels = 1 + static_cast<std::int64_t>(random.below(40));
    Normalised n;
    n.view = draw % 2 == 0 ? ChannelView{images, channels, pixels, 1, channels}
                           : ChannelView{images, 1, pixels, channels, channels};
    const auto size = static_cast<std::size_t>(images * channels * pixels);
    n.x = normal(size, random), n.dy = normal(size, random), n.residual = normal(size, random);
    n.scale = normal(static_cast<std::size_t>(channels), random);
    n.shift = normal(static_cast<std::size_t>(channels), random);
    n.slope = draw % 3 == 0 ? 0.25F : 0;
    poison({&n.x, &n.dy, &n.residual, &n.scale, &n.shift}, random);

    Floats y(size);
    affine(n.view,
           {n.x.data(), n.scale.data(), n.shift.data(), y.data(), n.residual.data(), n.slope});
    expect_normalised(n, y.data(), "affine");
    Normalised half = n;
    half.view.type = dnn::bf16;
    const auto half_x = narrowed(n.x), half_residual = narrowed(n.residual);
    std::vector<Bf16> half_y(size);
    affine(half.view, {half_x.data(), n.scale.data(), n.shift.data(), half_y.data(),
                       half_residual.data(), n.slope});
    half.x = widened(half_x), half.residual = widened(half_residual);
    expect_normalised(half, widened(half_y).data(), "affine in bf16");

    // Backward through the ReLU with the result y, mean 0 and deviation 1.
    const auto per_channel = static_cast<std::size_t>(channels);
    const Floats mean(per_channel, 0), inverse(per_channel, 1), factor(per_channel, 0.5F);
    Values sum(per_channel), product(per_channel), sums(per_channel), products(per_channel), g;
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t c = n.channel(i);
      g.push_back(plain_relu_back(n.dy[i], y[i], n.slope));
      sums[c] += g[i];
      products[c] += g[i] * n.x[i];
    }
    Floats returned(size), dx(size);
    gradient_sums(n.view,
                  {n.x.data(), n.dy.data(), n.slope, n.scale.data(), n.shift.data(), y.data()},
                  {mean.data(), inverse.data(), sum.data(), product.data(), returned.data()});
    expect_near(returned, g, 1e-6, "gradient behind the ReLU");
    expect_near(Floats(sum.begin(), sum.end()), sums, 1e-3, "its sums");
    expect_near(Floats(product.begin(), product.end()), products, 1e-3, "its products");
    affine_pair(n.view, {n.x.data(), returned.data()}, factor.data(), factor.data(), mean.data(),
                dx.data());
    Values expected;
    for (std::size_t i = 0; i < size; ++i) expected.push_back(0.5 * (double(returned[i]) + n.x[i]));
    expect_near(dx, expected, 1e-5, "affine pair");

    moments(n.view, n.x.data(), sum.data(), product.data());
    std::ranges::fill(sums, 0);
    for (std::size_t i = 0; i < size; ++i) sums[n.channel(i)] += n.x[i];
    for (std::size_t c = 0; c < per_channel; ++c) {
      EXPECT_EQ(std::isnan(sum[c]), std::isnan(sums[c]));
      EXPECT_EQ(std::isfinite(product[c]), std::isfinite(sums[c]));
    }
  });
}

TEST(NonFinite, UpdatesAndShrinkage) {
  on_every_target(1, [](std::uint64_t) {
    const Floats kinds = all_kinds();
    const std::size_t count = (kinds.size() + 15) / 16 * 16;
    Buffer<float> weights(count), gradient(count), metric(count);
    for (const float limit : {0.0F, 2.0F}) {
      std::ranges::copy(kinds, gradient.data());
      penalise(gradient.data(), weights.data(), count, 0.5F, limit, 0.1F);
      expect_near(
          {gradient.data(), kinds.size()},
          mapped(kinds,
                 [&](double g) {
                   g *= 0.5;
                   return limit == 0 || std::isnan(g) ? g : std::clamp<double>(g, -limit, limit);
                 }),
          0, "gradient");
    }
    std::ranges::copy(kinds, weights.data());
    std::ranges::fill(metric.span(), 1.0F);
    shrink(weights.data(), metric.data(), count, 1);
    expect_near(
        {weights.data(), kinds.size()},
        mapped(kinds, [](double w) { return std::abs(w) <= 1 ? 0 : w - std::copysign(1, w); }), 0,
        "weights under l1");
    for (const float number : non_finite_numbers()) {
      Floats row{1, number, 2};
      const Floats unit(3, 1.0F);
      EXPECT_FALSE(std::isfinite(group_sums({row.data(), unit.data(), 3, 0.5}).square));
      EXPECT_FALSE(std::isfinite(square_sum(row.data(), 3)));
      EXPECT_FALSE(std::isfinite(absolute_sum(row.data(), 3)));
      EXPECT_FALSE(std::isfinite(distance_square(row.data(), unit.data(), 3)));
    }
  });
}

}  // namespace
}  // namespace ridgeline::engine::kernels
