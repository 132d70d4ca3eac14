// Compares the fused path with oneDNN's dense one, image by image. If two positions of a window, or
// a ReLU's input and 0, are closer than rounding, the two may choose differently. The values tell
// which images these are. They are left out and counted.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/engine.hpp"
#include "ridgeline/loss.hpp"
#include "ridgeline/network.hpp"
#include "tensor/random.hpp"

namespace ridgeline::engine {
namespace {

const Shape image_shape{3, 32, 32};

/// A picture like a photograph: smooth, with an edge and a little noise.
std::vector<float> picture(std::uint64_t number) {
  Random random(number, Purpose::test, 9);
  std::vector<float> pixels;
  for (int c = 0; c < 3; ++c) {
    const double base = random.uniform(), slope = random.uniform() - 0.5, turn = random.uniform();
    for (int y = 0; y < 32; ++y) {
      for (int x = 0; x < 32; ++x) {
        const double edge = x + turn * y > 24 ? 0.3 : 0;
        const double wave = 0.2 * std::sin(0.4 * x + turn * 0.5 * y);
        pixels.push_back(
            static_cast<float>(base + slope * y / 32 + edge + wave + 0.05 * random.normal()));
      }
    }
  }
  return pixels;
}

/// A network with its state, one image at a time.
class Path {
 public:
  Path(const Network& network, const Options& options)
      : engine_(network, image_shape, options), state_(engine_.initial_state(3)) {}

  std::vector<std::vector<float>> gradients(const std::vector<float>& image) {
    const std::int32_t label = 4;
    engine_.gradient(state_, {1, image, class_targets(std::span(&label, 1)), {}, 0},
                     *cross_entropy(), {1, true});
    std::vector<std::vector<float>> all;
    for (std::size_t p = 0; p < state_.parameters().size(); ++p) {
      all.push_back(engine_.gradient_of(state_, p));
    }
    return all;
  }
  std::vector<float> output(const std::vector<float>& image) {
    std::vector<float> values(static_cast<std::size_t>(engine_.layout().output().elements()));
    engine_.predict(state_, {.images = 1, .inputs = image}, values);
    return values;
  }
  Shape output_shape() const { return engine_.layout().output(); }

 private:
  Engine engine_;
  State state_;
};

/// Whether a 2x2 window of a convolution's output has no clear largest value or is near 0.
bool has_tie(const std::vector<float>& values, const Shape& shape) {
  constexpr float near = 1e-6F;  // several times the rounding error of these sums
  const auto height = static_cast<std::size_t>(shape[1]),
             width = static_cast<std::size_t>(shape[2]);
  for (std::size_t c = 0; c < static_cast<std::size_t>(shape[0]); ++c) {
    for (std::size_t y = 0; y + 1 < height; y += 2) {
      for (std::size_t x = 0; x + 1 < width; x += 2) {
        const float* at = values.data() + (c * height + y) * width + x;
        float window[4] = {at[0], at[1], at[width], at[width + 1]};
        std::ranges::sort(window);
        if (window[3] - window[2] < near || std::abs(window[3]) < near) return true;
      }
    }
  }
  return false;
}

double distance(const std::vector<float>& a, const std::vector<float>& b) {
  double difference = 0, norm = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference += std::pow(static_cast<double>(a[i]) - b[i], 2);
    norm += std::pow(static_cast<double>(b[i]), 2);
  }
  return norm == 0 ? std::sqrt(difference) : std::sqrt(difference / norm);
}

TEST(Exactness, TheFusedPathGivesTheDensePathsGradients) {
  const Layer first = conv2d({.filters = 32, .kernel = 3, .activation = "relu"});
  const auto conv = [](const char* activation) {
    return conv2d({.filters = 64, .kernel = 3, .activation = activation});
  };
  const Network article = preset("article-cnn", 10);
  Path dense(article, {.threads = 1, .fused = false});
  Path winograd(article, {.threads = 1});
  Path direct(article, {.threads = 1, .compute = {.winograd = false}});
  // The values that the pools read, before their ReLU.
  Path before_first(Network{conv2d({.filters = 32, .kernel = 3})}, {.threads = 1});
  Path before_second(Network{first, max_pool2d({.window = 2}), conv("linear")}, {.threads = 1});

  constexpr int images = 60;
  int ties = 0;
  double worst = 0, worst_winograd = 0;
  for (int n = 0; n < images; ++n) {
    const auto image = picture(static_cast<std::uint64_t>(n));
    if (has_tie(before_first.output(image), before_first.output_shape()) ||
        has_tie(before_second.output(image), before_second.output_shape())) {
      ++ties;
      continue;
    }
    const auto expected = dense.gradients(image), got = direct.gradients(image),
               got_winograd = winograd.gradients(image);
    for (std::size_t p = 0; p < expected.size(); ++p) {
      worst = std::max(worst, distance(got[p], expected[p]));
      worst_winograd = std::max(worst_winograd, distance(got_winograd[p], expected[p]));
    }
  }
  RecordProperty("ties", ties);
  EXPECT_LE(worst, 2e-6);
  EXPECT_LE(worst_winograd, 2e-6);
  EXPECT_GT(worst, 0) << "both paths are the same";
  EXPECT_LT(ties, images / 2) << "too many images with near ties to say anything";
  std::printf("%d of %d images left out for near ties; worst %.2g, by Winograd %.2g\n", ties,
              images, worst, worst_winograd);
}

// Without kinks there are no ties: convolutions by Winograd's algorithm, with a shortcut.
TEST(Exactness, ConvolutionsWithoutPoolsGiveTheDensePathsGradients) {
  const auto conv = [](std::int64_t filters) {
    return conv2d({.filters = filters, .padding = Padding::same(), .activation = "tanh"});
  };
  const auto image = input();
  const auto x = conv(16)(image), y = conv(32)(x);
  const auto z = conv(32)(average_pool2d()(add()(y, conv(32)(y))));
  const Network network(image,
                        dense({.units = 10, .activation = "softmax"})(global_average_pool2d()(z)));
  Path dense(network, {.threads = 1, .fused = false}), winograd(network, {.threads = 1});
  double worst = 0;
  for (int n = 0; n < 10; ++n) {
    const auto picture_n = picture(static_cast<std::uint64_t>(n));
    const auto expected = dense.gradients(picture_n), got = winograd.gradients(picture_n);
    for (std::size_t p = 0; p < expected.size(); ++p) {
      worst = std::max(worst, distance(got[p], expected[p]));
    }
  }
  EXPECT_LE(worst, 2e-6);
  EXPECT_GT(worst, 0) << "both paths are the same";
  std::printf("worst %.2g\n", worst);
}

}  // namespace
}  // namespace ridgeline::engine
