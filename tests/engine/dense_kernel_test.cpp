#include <gtest/gtest.h>

#include <vector>

#include "engine/kernels/dense.hpp"
#include "engine/normal.hpp"
#include "tensor/random.hpp"

namespace ridgeline::engine::kernels {
namespace {

class DenseKernel : public testing::TestWithParam<DenseShape> {
 protected:
  const DenseShape s = GetParam();
  const std::size_t n = static_cast<std::size_t>(s.images), in = static_cast<std::size_t>(s.inputs),
                    out = static_cast<std::size_t>(s.outputs);
  Random random{5, Purpose::test};
  const std::vector<float> x = normal(n * in, random), w = normal(out * in, random),
                           bias = normal(out, random), dy = normal(n * out, random);
  // Sums of K products of standard normals: rounding grows like the square root of K.
  const double tolerance = 4e-6 * static_cast<double>(in + out + n);
};

TEST_P(DenseKernel, Forward) {
  for (const bool relu : {false, true}) {
    std::vector<float> y(n * out, 99);
    dense_forward(s, {x.data(), w.data(), relu ? nullptr : bias.data(), y.data(), relu, 0.1f});
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t o = 0; o < out; ++o) {
        double expected = relu ? 0 : bias[o];
        for (std::size_t k = 0; k < in; ++k) {
          expected += static_cast<double>(x[i * in + k]) * w[o * in + k];
        }
        if (relu && expected < 0) expected *= 0.1f;
        ASSERT_NEAR(y[i * out + o], expected, tolerance);
      }
    }
  }
}

TEST_P(DenseKernel, BackwardWeights) {
  std::vector<float> dw(out * in, 99), db(out, 99);
  const std::int64_t some = s.images / 3, half = s.outputs / 2;
  const DensePart parts[]{
      {x.data(), dy.data(), some},
      {x.data() + some * s.inputs, dy.data() + some * s.outputs, s.images - some}};
  dense_kernel_gradient(parts, {s.inputs, s.outputs, 0, half}, dw.data());
  dense_kernel_gradient(parts, {s.inputs, s.outputs, half, s.outputs - half},
                        dw.data() + half * s.inputs);
  std::vector<float> whole(out * in, 99);
  const DensePart all[]{{x.data(), dy.data(), s.images}};
  dense_kernel_gradient(all, {s.inputs, s.outputs, 0, s.outputs}, whole.data());
  EXPECT_EQ(whole, dw);
  dense_bias_gradient(s, dy.data(), db.data());
  for (std::size_t o = 0; o < out; ++o) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += dy[i * out + o];
    ASSERT_NEAR(db[o], sum, tolerance);
    for (std::size_t k = 0; k < in; ++k) {
      double expected = 0;
      for (std::size_t i = 0; i < n; ++i) {
        expected += static_cast<double>(x[i * in + k]) * dy[i * out + o];
      }
      ASSERT_NEAR(dw[o * in + k], expected, tolerance);
    }
  }
}

TEST_P(DenseKernel, BackwardData) {
  std::vector<float> dx(n * in, 99);
  dense_backward_data(s, w.data(), dy.data(), dx.data());
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < in; ++k) {
      double expected = 0;
      for (std::size_t o = 0; o < out; ++o) {
        expected += static_cast<double>(dy[i * out + o]) * w[o * in + k];
      }
      ASSERT_NEAR(dx[i * in + k], expected, tolerance);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, DenseKernel,
                         testing::Values(DenseShape{1, 1, 1}, DenseShape{3, 5, 2},
                                         DenseShape{16, 100, 10}, DenseShape{7, 33, 9},
                                         DenseShape{5, 17, 130}, DenseShape{9, 48, 300},
                                         DenseShape{17, 127, 31}, DenseShape{2, 2304, 128}));

}  // namespace
}  // namespace ridgeline::engine::kernels
