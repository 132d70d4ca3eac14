// Images that an application has in memory: bytes in a std::vector and a label for each.

#include <array>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <ridgeline/ridgeline.hpp>
#include <vector>

namespace rl = ridgeline;

namespace {

constexpr int size = 12;

// A grey image with a bright bar, vertical for label 0 and horizontal for label 1, and some noise.
std::vector<std::uint8_t> bar(int label, int position) {
  std::vector<std::uint8_t> pixels(std::size_t{size} * size);
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x) {
      const bool bright = (label == 0 ? x : y) == position % size;
      const int noise = (x * 31 + y * 17 + position * 13) % 97;
      pixels[y * size + x] = static_cast<std::uint8_t>((bright ? 140 : 10) + noise);
    }
  }
  return pixels;
}

}  // namespace

int main() try {
  std::vector<std::uint8_t> pixels;
  std::vector<std::int32_t> labels;
  for (int i = 0; i < 400; ++i) {
    const auto image = bar(i % 2, i / 2);
    pixels.insert(pixels.end(), image.begin(), image.end());
    labels.push_back(i % 2);
  }
  const rl::Dataset data =
      rl::from_memory(pixels, {1, size, size}, rl::ImageLayout::nhwc, labels, {"upright", "lying"});

  rl::Model model(
      rl::Network{rl::conv2d({.filters = 8, .kernel = 3, .activation = "relu"}), rl::max_pool2d(),
                  rl::flatten(), rl::dense({.units = 2, .activation = "softmax"})},
      {.input = data.image_shape(), .regularize = rl::l2(1e-4), .class_names = data.names()});
  model.fit(data, {.epochs = 20, .batch = 16});
  const double accuracy = model.evaluate(data).value("accuracy");
  std::printf("accuracy %.3f\n", accuracy);

  const std::vector<float> probabilities = model.predict(bar(1, 5));
  const rl::Prediction best = model.top(probabilities, 1).front().front();
  std::printf("a lying bar is taken for %s (%.3f)\n", best.name.c_str(), best.probability);
  return accuracy > 0.9 && best.name == "lying" ? 0 : 1;
} catch (const rl::Error& error) {
  std::cerr << "from_memory: " << error.what() << '\n';
  return 1;
}
